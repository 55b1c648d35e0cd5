namespace Appliance.Running;

/// <summary>The way of a device's control traffic (ARP, neighbour discovery), past its queues. The control thread's.</summary>
internal interface IControlWire : IDisposable
{
    /// <summary>Readable when a frame has come; negative: nothing ever comes.</summary>
    int Descriptor { get; }

    /// <summary>Takes the next frame, its tags in place; false: none waits.</summary>
    bool TryReceive(Span<byte> into, out int length);

    /// <summary>Sends a frame, tags included; what the device does not take is lost.</summary>
    void Send(ReadOnlySpan<byte> frame);
}
