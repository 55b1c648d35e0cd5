using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Ports.Linux;
using Appliance.Routing;

namespace Appliance.Running;

/// <summary>
/// Joins the control side of neighbour resolution with the devices: what comes by their wires goes to it, what it says goes out by them.
/// </summary>
internal sealed class NeighbourWires : IControlPart, IControlSender, IPortFollower
{
    /// <summary>Room for any frame of control traffic; a longer one is cut off, and then not believed.</summary>
    public const int MaxFrameBytes = 10 << 10;

    /// <summary>Frames of one wire that are read in one turn: nobody can keep the control thread from everything else.</summary>
    public const int FramesPerTurn = 256;

    private readonly Dictionary<PortId, IControlChannel> _wires = [];
    private readonly byte[] _frame = new byte[MaxFrameBytes];
    private readonly OperatorLog _log;
    private NeighbourControl? _neighbours;
    private Func<int, string> _nameOf = _ => "";
    private MonotonicTime _now;
    private bool _hasMore;

    public NeighbourWires(OperatorLog log) => _log = log;

    public ImmutableArray<int> Descriptors { get; private set; } = [];

    public MonotonicTime NextDeadline => _hasMore ? _now : MonotonicTime.Never;        // its timers are the node's

    /// <summary>The devices are open: from here on it speaks.</summary>
    public void Start(NeighbourControl neighbours, Func<int, string> nameOf, MonotonicTime now)
    {
        (_neighbours, _nameOf, _now) = (neighbours, nameOf, now);
        neighbours.Start(this, now);
    }

    public void Step(MonotonicTime now)
    {
        _now = now;
        _hasMore = false;
        if (_neighbours is not { } neighbours) return;
        foreach ((PortId port, IControlChannel wire) in _wires)
        {
            int left = FramesPerTurn;
            for (; left > 0 && wire.TryReceive(_frame, out int length); left--) neighbours.OnFrame(port, _frame.AsSpan(0, length), now);
            _hasMore |= left == 0;
        }

        neighbours.ReadNotices(Tell);
    }

    public void Send(PortId port, ReadOnlySpan<byte> frame)
    {
        if (_wires.TryGetValue(port, out IControlChannel? wire)) wire.Send(frame);
    }

    public void Came(PortId port, LiveDevice device)
    {
        _wires[port] = device.Wire;
        TakeDescriptors();
    }

    public void Went(PortId port)
    {
        _wires.Remove(port);
        TakeDescriptors();
    }

    public void Linked(PortId port, bool isUp) => _neighbours?.OnLink(port, isUp, _now);

    private void Tell(NeighbourNotice notice)
    {
        string port = _nameOf(notice.Port);
        if (NoticeText.Of(notice, port) is { } line) _log.SayOften($"neighbours of {port}", line);
    }

    private void TakeDescriptors() => Descriptors = [.. _wires.Values.Select(wire => wire.WakeupDescriptor).Where(number => number >= 0)];
}
