using Appliance.Ports.Linux;

namespace Appliance.Tests.Live;

/// <summary>Nobody else is on the link.</summary>
internal sealed class SilentWire : IControlChannel
{
    public int WakeupDescriptor => -1;

    public long QueueFull => 0;

    public bool TryReceive(Span<byte> into, out int length)
    {
        length = 0;
        return false;
    }

    public bool Send(ReadOnlySpan<byte> frame) => true;

    public void Dispose()
    {
    }
}
