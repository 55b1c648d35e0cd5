using System.Runtime.InteropServices;
using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Ports.Linux;

/// <summary>
/// The control channel of a device: a packet socket whose filter lets pass what those of the data queues do not, and nothing else.
/// </summary>
public sealed unsafe class ControlSocket : IControlChannel
{
    /// <summary>Room for any frame of control traffic, tag included: what is longer arrives cut off.</summary>
    public const int MaxFrameBytes = 10 << 10;

    private const int WaitingBytes = 1 << 20;           // kernel memory for frames that wait
    private const int AddressBytes = 2 * MacAddress.Length;
    private const int TagBytes = VlanTagView.HeaderLength;
    private const int ControlHeaderBytes = 16;          // struct cmsghdr
    private const int MostErrors = 4;

    private readonly DeviceProbe _probe;
    private readonly Descriptor _socket;
    private long _drops;

    private ControlSocket(string device, ControlTraffic traffic, string port)
    {
        _probe = new DeviceProbe(device, port);
        try
        {
            _socket = Sockets.Open(PacketCalls.Family, Sockets.Raw, 0, port);
            Sockets.Set(_socket, PacketCalls.Level, PacketCalls.AuxiliaryData, 1, "PACKET_AUXDATA", port);
            Sockets.Set(_socket, PacketCalls.Level, PacketCalls.IgnoreOutgoing, 1, "PACKET_IGNORE_OUTGOING", port);
            Sockets.Set(_socket, Sockets.Level, Sockets.ReceiveBufferForced, WaitingBytes, "SO_RCVBUFFORCE", port);
            Sockets.Set(_socket, Sockets.Level, Sockets.MarkOption, unchecked((int)Sockets.Mark), "SO_MARK", port);
            ControlFilter.Of(traffic).AttachTo(_socket, port);
            PacketCalls.Bind(_socket, DeviceIndex, port);
            PacketCalls.BecomePromiscuous(_socket, DeviceIndex, port);
        }
        catch
        {
            _socket?.Dispose();
            _probe.Dispose();
            throw;
        }
    }

    /// <summary>Throws <see cref="SystemCallException"/> when there is no such device, or the kernel does not allow it.</summary>
    /// <param name="device">The interface's name.</param>
    /// <param name="traffic">What takes this way.</param>
    /// <param name="port">Its name, for errors.</param>
    public static ControlSocket Open(string device, ControlTraffic traffic, string port) => new(device, traffic, port);

    public int WakeupDescriptor => _socket.Number;

    public int DeviceIndex => _probe.Index;

    public MacAddress Mac => _probe.Mac;

    public LinkState? Link => _probe.LinkAtOnce;

    public void ForgetLink() => _probe.ForgetCarrier();

    public long QueueFull => _drops += PacketCalls.TakeDrops(_socket.Number);

    /// <inheritdoc/>
    public bool TryReceive(Span<byte> into, out int length)
    {
        length = 0;
        if (into.Length <= AddressBytes + TagBytes) return false;
        fixed (byte* pinned = into)
        {
            byte* control = stackalloc byte[64];
            var part = new Part { Bytes = pinned + TagBytes, Length = into.Length - TagBytes };
            for (int errors = 0; errors < MostErrors; errors++)
            {
                var message = new MessageHeader { Parts = &part, PartCount = 1, Control = control, ControlLength = 64 };
                nint received = Libc.ReceiveMessage(_socket.Number, &message, Sockets.DontWait);
                if (received < 0 && Marshal.GetLastPInvokeError() == Errno.Again) return false;
                if (received < AddressBytes) continue;  // an error of the device's, told once
                length = Place(into, (int)received, control, message.ControlLength);
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public bool Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* pinned = frame) return Libc.Send(_socket.Number, pinned, frame.Length, Sockets.DontWait) == frame.Length;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _probe.Dispose();
    }

    /// <summary>The frame was written a tag's length behind the start: what stands in front of the tag moves there, or all of it.</summary>
    private static int Place(Span<byte> into, int received, byte* control, nint controlLength)
    {
        Span<byte> frame = into.Slice(TagBytes, received);
        if (controlLength >= ControlHeaderBytes + sizeof(PacketCalls.Auxiliary))
        {
            var auxiliary = (PacketCalls.Auxiliary*)(control + ControlHeaderBytes);
            if ((auxiliary->Status & PacketCalls.StatusVlan) != 0)
            {
                bool hasType = (auxiliary->Status & PacketCalls.StatusVlanType) != 0;
                frame[..AddressBytes].CopyTo(into);
                PacketTag.Write(hasType ? auxiliary->VlanType : (ushort)EtherType.Vlan, auxiliary->VlanTag, into[AddressBytes..]);
                return received + TagBytes;
            }
        }

        frame.CopyTo(into);
        return received;
    }
}
