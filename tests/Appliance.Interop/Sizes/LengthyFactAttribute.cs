using System.Runtime.CompilerServices;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop;

/// <summary>A fact that waits tens of seconds for the timers of a protocol: a person who waits is spared it, with this reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LengthyFactAttribute : FactAttribute
{
    public LengthyFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        Skip = "it takes tens of seconds: CI=true and make soak have it";
        SkipType = typeof(TestSize);
        SkipUnless = nameof(TestSize.HasVariations);
    }
}
