using Appliance.Engine;
using SharpPcap;

namespace Appliance.Ports.SharpPcap;

/// <summary>One worker's handle of a device.</summary>
internal sealed unsafe class SharpPcapQueue(PortId port, SelectableDevice device, bool receives) : IPortQueue, IDisposable
{
    private const int Read = 1, NothingThere = 0;

    // pcap_pkthdr: a struct timeval, then two 32-bit lengths. The timeval's halves are longs of the system's C (pcap/pcap.h).
    private static readonly int LengthsAt = OperatingSystem.IsWindows() || sizeof(nint) == 4 ? 8 : 16;

    private readonly FrameBatch _sent = new();
    private FramePool? _pool;
    private nint _waiting;                                              // what libpcap lent and no frame was free for; 0: nothing
    private int _waitingLength, _waitingOriginal;
    private long _ordinal;

    public bool IsGone { get; private set; }

    public long Lost => IsGone || !receives ? 0 : device.Statistics.DroppedPackets;

    /// <summary>Frames that the system did not take.</summary>
    public long NotSent { get; private set; }

    public int WakeupDescriptor => receives ? device.Descriptor : -1;

    public void ReceiveInto(FramePool pool) => _pool = pool;

    public int Receive(FrameBatch into)
    {
        int received = 0;
        while (receives && !IsGone && into.Room > 0 && TryPeek() && TryTake(out Frame frame))
        {
            into.TryAdd(frame);
            received++;
        }

        return received;
    }

    public int Transmit(ReadOnlySpan<Frame> frames)
    {
        int taken = _sent.Add(frames);
        foreach (Frame frame in frames[..taken]) Send(frame);
        return taken;
    }

    /// <summary>Each frame has rung for itself.</summary>
    public void Kick()
    {
    }

    public int Reclaim(FrameBatch into) => _sent.MoveTo(into);

    public void Dispose() => device.Close();

    /// <summary>False: nothing has come. What libpcap lends is good until it is asked again.</summary>
    private bool TryPeek()
    {
        if (_waiting != 0) return true;
        nint header = 0;
        int outcome = device.GetNextPacketPointers(ref header, ref _waiting);
        if (outcome != Read)
        {
            _waiting = 0;
            IsGone = outcome != NothingThere;
            return false;
        }

        (_waitingLength, _waitingOriginal) = (*(int*)(header + LengthsAt), *(int*)(header + LengthsAt + sizeof(int)));
        return true;
    }

    /// <summary>False: no frame is free; what waits here goes on waiting, and the system counts what it then loses.</summary>
    private bool TryTake(out Frame frame)
    {
        int length = Math.Min(_waitingLength, FramePool.MaxFrameBytes);
        frame = default;
        if (_pool is null || !_pool.TryRent(length, out frame)) return false;
        new ReadOnlySpan<byte>((void*)_waiting, length).CopyTo(frame.Bytes);
        frame.Info.IngressPort = port.Index;
        frame.Info.Ordinal = _ordinal++;
        if (_waitingLength > length) frame.Drop(DropReason.FrameTooLong);
        else if (_waitingLength < _waitingOriginal) frame.Drop(DropReason.CapturedShort);
        _waiting = 0;
        return true;
    }

    /// <summary>A frame that the system does not take is lost as on a cable, and counted; a device that is gone takes none.</summary>
    private void Send(Frame frame)
    {
        try
        {
            if (!IsGone) device.SendPacket(frame.Bytes);
        }
        catch (PcapException)
        {
            NotSent++;                                                  // the system's queue is full, or the device is gone
        }
    }
}
