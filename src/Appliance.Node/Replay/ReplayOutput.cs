using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Pcap;

namespace Appliance.Node;

/// <summary>Writes what each physical port would have sent: one classic nanosecond pcap a port, stamped with the replay's clock.</summary>
public sealed class ReplayOutput : ITransmitSink
{
    private readonly PcapWriter?[] _writers;

    /// <param name="streams">By port index; null where nothing is to be written. The caller disposes them.</param>
    public ReplayOutput(ImmutableArray<Stream?> streams) =>
        _writers = [.. streams.Select(stream => stream is null ? null : new PcapWriter(stream))];

    /// <summary>Set before anything is sent then.</summary>
    public MonotonicTime Now { get; set; }

    public void OnTransmit(PortId port, Frame frame) => Write(port, frame.Bytes);

    /// <summary>What leaves by a physical port, whoever has made it.</summary>
    internal void Write(PortId port, ReadOnlySpan<byte> frame) => _writers[port.Index]?.Write(frame, Now.Nanoseconds);

    public void Flush()
    {
        foreach (PcapWriter? writer in _writers)
            writer?.Flush();
    }
}
