using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Appliance.Management;

/// <summary>Something that <c>show</c> shows: read by the control thread, written by whoever serves the request.</summary>
internal abstract class ShowTopic(string name)
{
    public string Name => name;

    /// <summary>The document.</summary>
    public abstract Task<byte[]> ReadAsync(ControlDesk desk, CancellationToken cancellation);

    public static ShowTopic Of<T>(string name, Func<ControlDesk, T> read, JsonTypeInfo<T> type) => new Typed<T>(name, read, type);

    private sealed class Typed<T>(string name, Func<ControlDesk, T> read, JsonTypeInfo<T> type) : ShowTopic(name)
    {
        public override async Task<byte[]> ReadAsync(ControlDesk desk, CancellationToken cancellation) =>
            JsonSerializer.SerializeToUtf8Bytes(await desk.AskAsync(read, cancellation), type);
    }
}
