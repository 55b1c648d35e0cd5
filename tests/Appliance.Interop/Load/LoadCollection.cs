using Xunit;

namespace Appliance.Interop.Load;

/// <summary>Tests that load the machine, virtual ones among them: one at a time, and with nothing beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LoadCollection
{
    public const string Name = "load";
}
