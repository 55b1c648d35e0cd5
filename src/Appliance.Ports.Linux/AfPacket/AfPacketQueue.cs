using System.Runtime.InteropServices;
using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Ports.Linux;

/// <summary>
/// One worker's end of a device: frames come by a ring of small slots, large ones by the socket's queue, and leave by sendmmsg(2), gathered
/// by the kernel from where they lie. Sending is done when the call returns, so frames come back at once. What the kernel refuses
/// for want of room stays the caller's; what it refuses for ever is counted.
/// <para>
/// Rejected: a ring to send by, which cost as much a frame or more, a copy of every frame, and a slot of 128 KiB for each large one; and
/// PACKET_QDISC_BYPASS, past which the kernel does not cut what the device cannot.
/// </para>
/// </summary>
internal sealed unsafe class AfPacketQueue : IPortQueue, IDisposable
{
    private const int TagBytes = VlanTagView.HeaderLength;
    private const int AddressBytes = 2 * MacAddress.Length;
    private const int QueueShift = 48;                  // of an ordinal: frames of a queue below, queues above

    private readonly FrameBatch _sent = new(256);
    private readonly MessageBatch _messages = new();
    private readonly Descriptor _socket;
    private readonly ReceiveRing _ring;
    private readonly int _descriptor;
    private readonly ushort _port;
    private FramePool? _pool;
    private long _ordinal;
    private long _refused;

    /// <summary>Owns both from now on.</summary>
    public AfPacketQueue(Descriptor socket, ReceiveRing ring, PortId port, int index)
    {
        _socket = socket;
        _ring = ring;
        _descriptor = socket.Number;
        _port = port.Index;
        _ordinal = (long)index << QueueShift;
    }

    public int WakeupDescriptor => _descriptor;

    /// <summary>Frames that the kernel would not send whatever came after: too long for the device, say.</summary>
    public long Refused => Volatile.Read(ref _refused);

    internal Descriptor Socket => _socket;

    /// <summary>From now on it receives into frames of this pool.</summary>
    public void ReceiveInto(FramePool pool) => _pool = pool;

    /// <inheritdoc/>
    /// <remarks>What finds no frame in the pool stays in the ring; when that is full the kernel drops, and counts.</remarks>
    public int Receive(FrameBatch into)
    {
        if (_pool is null) return 0;
        int received = 0;
        while (into.Room > 0 && _ring.HasNext)
        {
            PacketCalls.SlotHeader* slot = _ring.Next;
            bool isElsewhere = (slot->Status & PacketCalls.StatusCopy) != 0;
            if (!(isElsewhere ? TryTakeQueued(slot, out Frame frame) : TryTakeSlot(slot, out frame))) break;
            _ring.Release();
            frame.Info.IngressPort = _port;
            frame.Info.Ordinal = _ordinal;
            _ordinal += frame.WireFrames;
            into.TryAdd(frame);
            received++;
        }

        return received;
    }

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<Frame> frames)
    {
        int most = Math.Min(frames.Length, _sent.Room), taken = 0;
        while (taken < most)
        {
            int loaded = _messages.Load(frames[taken..most]);
            int sent = loaded == 0 ? 0 : _messages.Send(_descriptor, loaded);
            if (sent <= 0)
            {
                if (loaded > 0 && IsForNow(Marshal.GetLastPInvokeError())) break;
                sent = 1;                               // never to be sent: it must not stand in the way of the others
                Volatile.Write(ref _refused, _refused + frames[taken].WireFrames);
            }

            _sent.Add(frames.Slice(taken, sent));
            taken += sent;
        }

        return taken;
    }

    /// <inheritdoc/>
    /// <remarks>The system call of <see cref="Transmit"/> was it.</remarks>
    public void Kick()
    {
    }

    /// <inheritdoc/>
    public int Reclaim(FrameBatch into) => _sent.MoveTo(into);

    public void Dispose()
    {
        _ring.Dispose();
        _socket.Dispose();
        _messages.Dispose();
    }

    /// <summary>No room, or no device at the moment: whether this frame is the fault or all would fare as it does.</summary>
    private static bool IsForNow(int errno) =>
        errno is Errno.Again or Errno.NoBuffers or Errno.Interrupted or Errno.NetworkDown or Errno.NoSuchAddress or Errno.NoDevice;

    private bool TryTakeSlot(PacketCalls.SlotHeader* slot, out Frame frame)
    {
        int length = (int)slot->KeptLength, tag = TagOf(slot), whole = Math.Min((int)slot->FrameLength, FramePool.MaxFrameBytes);
        if (!_pool!.TryRent(Math.Max(length, whole) + tag, out frame)) return false;
        byte* bytes = (byte*)slot + slot->FrameOffset;
        if (tag == 0)
        {
            new Span<byte>(bytes, length).CopyTo(frame.Bytes);
        }
        else
        {
            new Span<byte>(bytes, AddressBytes).CopyTo(frame.Bytes);
            WriteTag(slot, frame);
            new Span<byte>(bytes + AddressBytes, length - AddressBytes).CopyTo(frame.Bytes[(AddressBytes + TagBytes)..]);
        }

        // Headers and whole length tell how many frames it is; a part of it cannot be summed.
        VirtioHeader virtio = *((VirtioHeader*)(bytes - VirtioHeader.SizeBytes));
        bool isCut = length < (int)slot->FrameLength;
        if (isCut) virtio.Flags = 0;
        ArrivingOffloads.Describe(frame, virtio, tag);
        if (!isCut) return true;
        frame.Drop(DropReason.QueueFull);               // more than the slot held, and no room in the socket's queue for it
        frame.SetLength(length + tag);                  // what is behind is nobody's
        return true;
    }

    /// <summary>A frame longer than a slot.</summary>
    private bool TryTakeQueued(PacketCalls.SlotHeader* slot, out Frame frame)
    {
        int tag = TagOf(slot), length = (int)slot->FrameLength;
        bool isTooLong = length > FramePool.MaxFrameBytes + TagBytes;
        if (!_pool!.TryRent(isTooLong ? AddressBytes + sizeof(ushort) : length + tag, out frame)) return false;
        var virtio = default(VirtioHeader);
        Part* parts = stackalloc Part[2];
        parts[0] = new Part { Bytes = &virtio, Length = VirtioHeader.SizeBytes };
        parts[1] = new Part { Bytes = frame.Pointer + tag, Length = frame.Length - tag };
        var message = new MessageHeader { Parts = parts, PartCount = 2 };
        if (ReceiveQueued(&message) - VirtioHeader.SizeBytes != length)
        {
            frame.Drop(DropReason.QueueFull);           // the slot promised more than the queue had room for
            return true;
        }

        if (isTooLong)
        {
            frame.Drop(DropReason.FrameTooLong);
            return true;
        }

        if (tag > 0)
        {
            frame.Bytes.Slice(tag, AddressBytes).CopyTo(frame.Bytes);
            WriteTag(slot, frame);
        }

        ArrivingOffloads.Describe(frame, virtio, tag);
        return true;
    }

    /// <summary>An error of the device's is told once, in place of a frame, which is still there then.</summary>
    private nint ReceiveQueued(MessageHeader* message)
    {
        nint received = Libc.ReceiveMessage(_descriptor, message, Sockets.DontWait | Sockets.Truncate);
        return received >= 0 ? received : Libc.ReceiveMessage(_descriptor, message, Sockets.DontWait | Sockets.Truncate);
    }

    /// <summary>Bytes of the tag that the kernel took off the frame.</summary>
    private static int TagOf(PacketCalls.SlotHeader* slot) => (slot->Status & PacketCalls.StatusVlan) == 0 ? 0 : TagBytes;

    private static void WriteTag(PacketCalls.SlotHeader* slot, Frame frame)
    {
        bool hasType = (slot->Status & PacketCalls.StatusVlanType) != 0;
        PacketTag.Write(hasType ? slot->VlanType : (ushort)EtherType.Vlan, slot->VlanTag, frame.Bytes[AddressBytes..]);
    }
}
