using Appliance.Engine;

namespace Appliance.Ports.Linux;

/// <summary>
/// The way of a port's control traffic, past the data queues (<see cref="ControlTraffic"/>): frames in, frames out, one at a time, for the
/// control thread. Own transmissions are not seen. Bounded: what is not read in time is dropped and counted.
/// </summary>
public interface IControlChannel : IDisposable
{
    /// <summary>Becomes readable when a frame has come.</summary>
    int WakeupDescriptor { get; }

    /// <summary>Frames lost because too many waited. From one thread at a time.</summary>
    long QueueFull { get; }

    /// <summary>
    /// Of its device, as the kernel knows it, without waiting for others who open and close devices; null: it cannot say. From one thread
    /// at a time.
    /// </summary>
    LinkState? Link => null;

    /// <summary>Another has seen something else: the next <see cref="Link"/> asks for all of it, and may wait for that.</summary>
    void ForgetLink()
    {
    }

    /// <summary>Takes the next frame, its tags in place. False: none waits, or the device is gone.</summary>
    /// <param name="into">At best <see cref="ControlSocket.MaxFrameBytes"/>; a longer frame is cut off.</param>
    /// <param name="length">Bytes of the frame that were written.</param>
    bool TryReceive(Span<byte> into, out int length);

    /// <summary>Sends a frame, tags included. False: the device is down, or its queue is full.</summary>
    bool Send(ReadOnlySpan<byte> frame);
}
