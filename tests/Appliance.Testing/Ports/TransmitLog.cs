using Appliance.Engine;

namespace Appliance.Testing;

/// <summary>Keeps a copy of every frame that leaves by a port in memory, in order.</summary>
public sealed class TransmitLog : ITransmitSink
{
    private readonly List<(PortId Port, byte[] Bytes)> _sent = [];

    public IReadOnlyList<(PortId Port, byte[] Bytes)> Sent => _sent;

    public void OnTransmit(PortId port, Frame frame) => _sent.Add((port, frame.Bytes.ToArray()));

    /// <summary>What left by one port.</summary>
    public IReadOnlyList<byte[]> SentBy(int port) => [.. _sent.Where(sent => sent.Port.Index == port).Select(sent => sent.Bytes)];

    public void Clear() => _sent.Clear();
}
