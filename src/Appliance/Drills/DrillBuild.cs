using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Failover;
using Appliance.Firewall;
using Appliance.Node;
using Appliance.Offload;
using Appliance.Routing.Fib;
using Appliance.Simulation;
using Appliance.Wire.Ethernet;

namespace Appliance.Drills;

/// <summary>Which program a drill is of: the same seed and build give the same drill, and what has passed says nothing of others.</summary>
internal static class DrillBuild
{
    /// <summary>All that a drill runs; a change elsewhere, in a verb or a page, is none of a drill's.</summary>
    public static ImmutableArray<Assembly> Assemblies { get; } =
    [
        typeof(Drill).Assembly, typeof(ApplianceNode).Assembly, typeof(RuntimeModel).Assembly, typeof(CarpNode).Assembly,
        typeof(AddressRange).Assembly, typeof(Ipv4PrefixTable).Assembly, typeof(ParseStage).Assembly, typeof(MonotonicTime).Assembly,
        typeof(MacAddress).Assembly,
    ];

    /// <summary>64 hexadecimal digits, of the identities (MVID) that the compiler makes of what it compiles.</summary>
    public static string Identity { get; } = Convert.ToHexStringLower(
        SHA256.HashData([.. Assemblies.SelectMany(assembly => assembly.ManifestModule.ModuleVersionId.ToByteArray())]));
}
