using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Appliance.Management;

/// <summary>How the second line of a generation's file is written and read.</summary>
[JsonSerializable(typeof(GenerationHeader))]
internal sealed partial class GenerationJson : JsonSerializerContext
{
    public static readonly GenerationJson OneLine = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
