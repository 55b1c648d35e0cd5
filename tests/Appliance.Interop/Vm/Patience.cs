using System.Diagnostics;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>An emulated machine takes as long as its host lets it.</summary>
internal static class Patience
{
    /// <summary>Far beyond what anything takes on a machine that has something else to do.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Waits for what must come to pass.</summary>
    /// <param name="condition">Looked at now and then.</param>
    /// <param name="otherwise">What is said when it does not.</param>
    public static void Until(Func<bool> condition, Func<string> otherwise)
    {
        for (var waited = Stopwatch.StartNew(); !condition(); Thread.Sleep(20))
        {
            if (waited.Elapsed > Limit) Assert.Fail(otherwise());
        }
    }
}
