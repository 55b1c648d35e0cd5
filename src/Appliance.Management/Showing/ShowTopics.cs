using System.Collections.Immutable;

namespace Appliance.Management;

/// <summary>
/// All that <c>show</c> shows but <c>states</c> and <c>log</c>, which are written as they come, and what failover's thread knows.
/// </summary>
internal static class ShowTopics
{
    public const string States = "states", Log = "log", Carp = "carp", Sync = "sync";

    private static readonly ImmutableArray<ShowTopic> All =
    [
        ShowTopic.Of("ports", desk => PortsReading.Read(desk.Appliance), ManagementJson.Indented.PortDocumentArray),
        ShowTopic.Of("vcpus", desk => LoadReading.ReadVcpus(desk.Appliance), ManagementJson.Indented.VcpuDocumentArray),
        ShowTopic.Of("vrss", desk => LoadReading.ReadVrss(desk.Appliance.Node), ManagementJson.Indented.VrssDocument),
        ShowTopic.Of("offloads", desk => OffloadsReading.Read(desk.Appliance.Node), ManagementJson.Indented.OffloadsDocument),
        ShowTopic.Of("rules", desk => PolicyReading.ReadRules(desk.Appliance.Node), ManagementJson.Indented.RuleDocumentArray),
        ShowTopic.Of("tables", desk => PolicyReading.ReadTables(desk.Appliance.Node), ManagementJson.Indented.TableDocumentArray),
        ShowTopic.Of("nat", desk => PolicyReading.ReadNat(desk.Appliance.Node), ManagementJson.Indented.NatDocumentArray),
        ShowTopic.Of("routes", desk => RoutingReading.ReadRoutes(desk.Appliance.Node), ManagementJson.Indented.RouteDocumentArray),
        ShowTopic.Of("neighbors", desk => RoutingReading.ReadNeighbors(desk.Appliance.Node), ManagementJson.Indented.NeighborDocumentArray),
        ShowTopic.Of("counters", desk => CountersReading.Read(desk.Appliance.Node), ManagementJson.Indented.DictionaryStringInt64),
    ];

    /// <summary>In the order in which help lists them.</summary>
    public static ImmutableArray<string> Names { get; } = [.. All.Select(topic => topic.Name), Carp, Sync, States, Log];

    /// <summary>Null: there is none of this name.</summary>
    public static ShowTopic? Find(string name) => All.FirstOrDefault(topic => topic.Name == name);
}
