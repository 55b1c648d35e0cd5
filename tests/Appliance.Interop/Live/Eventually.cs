using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>What programs of others bring about in their own time.</summary>
internal static class Eventually
{
    /// <summary>Waits for what must come to pass, however long the machine takes.</summary>
    /// <param name="condition">What.</param>
    /// <param name="minutes">After which it never will.</param>
    /// <param name="text">Of the condition.</param>
    public static void Is(Func<bool> condition, int minutes = 1, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        for (var waited = Stopwatch.StartNew(); !condition(); Thread.Sleep(50))
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(minutes), $"it does not come to pass: {text}");
    }
}
