using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Appliance.Management;

/// <summary>How documents are written and read: camelCase keys; made at build time, so that nothing is looked up by reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PortDocument[]))]
[JsonSerializable(typeof(VcpuDocument[]))]
[JsonSerializable(typeof(VrssDocument))]
[JsonSerializable(typeof(OffloadsDocument))]
[JsonSerializable(typeof(RuleDocument[]))]
[JsonSerializable(typeof(TableDocument[]))]
[JsonSerializable(typeof(TableEntryDocument[]))]
[JsonSerializable(typeof(NatDocument[]))]
[JsonSerializable(typeof(RouteDocument[]))]
[JsonSerializable(typeof(NeighborDocument[]))]
[JsonSerializable(typeof(CarpDocument[]))]
[JsonSerializable(typeof(CarpStatusDocument))]
[JsonSerializable(typeof(SyncDocument[]))]
[JsonSerializable(typeof(HistoryDocument[]))]
[JsonSerializable(typeof(DifferenceDocument))]
[JsonSerializable(typeof(ChangeDocument))]
[JsonSerializable(typeof(KillDocument))]
[JsonSerializable(typeof(TableChangeDocument))]
[JsonSerializable(typeof(TableTestDocument))]
[JsonSerializable(typeof(StateDocument))]
[JsonSerializable(typeof(LogDocument[]))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(Dictionary<string, long>))]
public sealed partial class ManagementJson : JsonSerializerContext
{
    /// <summary>For people as well: indented, and rules keep their angle brackets.</summary>
    public static readonly ManagementJson Indented = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
