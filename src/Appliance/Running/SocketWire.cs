using Appliance.Ports.Linux;

namespace Appliance.Running;

/// <summary>A device's control traffic by a socket of its own.</summary>
internal sealed class SocketWire(ControlSocket socket) : IControlWire
{
    public int Descriptor => socket.WakeupDescriptor;

    public bool TryReceive(Span<byte> into, out int length) => socket.TryReceive(into, out length);

    public void Send(ReadOnlySpan<byte> frame) => socket.Send(frame);

    public void Dispose() => socket.Dispose();
}
