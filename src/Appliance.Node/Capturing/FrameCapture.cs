using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Pcap;

namespace Appliance.Node;

/// <summary>
/// Copies the frames of one port as they come in and as they leave, and waits for what becomes of those that come in: whoever has such a
/// frame finds its note by the slot that it is in. Workers write, each to a ring of its own; one thread reads.
/// </summary>
/// <param name="options">What is captured.</param>
/// <param name="workers">How many.</param>
/// <param name="ports">What port indices mean when it begins.</param>
public sealed class FrameCapture(CaptureOptions options, int workers, PortTable ports)
{
    /// <summary>
    /// Nanoseconds that a frame's verdict is waited for: longer than frames are held anywhere but before a neighbour is known.
    /// </summary>
    public const long Patience = 200_000_000;

    private const int PlaceBits = 16, NumberBits = 48, SlotBits = 7;

    private readonly ImmutableArray<CaptureRing> _rings =
        [.. Enumerable.Range(0, workers).Select(_ => new CaptureRing(options.Frames, options.Bytes))];

    private readonly long[] _now = new long[workers];                   // each is its worker's
    private readonly long[] _places = new long[1 << PlaceBits];         // by slot: worker and number of its note; a later frame overwrites
    private readonly List<CapturedFrame> _taken = [];
    private readonly List<string> _names = [.. NamesOf(ports)];         // by index; of a port that is gone what it was called
    private volatile PortTable? _ports = ports;                         // null: it is over

    /// <summary>Why nothing comes any more; empty: it goes on.</summary>
    public string Ending { get; private set; } = "";

    /// <summary>Frames that found no room.</summary>
    public long Lost => _rings.Sum(ring => ring.Lost);

    /// <summary>
    /// Hands out what has been captured since the last time and has its verdict, by time; by one thread at a time. Answers how many.
    /// </summary>
    /// <param name="now">Of the workers' clock; the end of time: nothing is waited for any more.</param>
    public int Read(MonotonicTime now, Action<CapturedFrame> sink)
    {
        _taken.Clear();
        var patience = new MonotonicTime(now == MonotonicTime.Never ? long.MaxValue : now.Nanoseconds - Patience);
        foreach (CaptureRing ring in _rings)
        {
            for (int i = 0; i < options.Frames && ring.TryPeek(patience, out CaptureNote note, out ReadOnlySpan<byte> frame); i++)
            {
                _taken.Add(new CapturedFrame(
                    new MonotonicTime(note.Time),
                    note.IsOutbound ? CaptureDirection.Outbound : CaptureDirection.Inbound,
                    note.Length,
                    frame.ToArray(),
                    VerdictText.Of(note, _names)));
                ring.RemoveFirst();
            }
        }

        foreach (CapturedFrame taken in _taken.OrderBy(frame => frame.Time)) sink(taken);
        return _taken.Count;
    }

    /// <summary>
    /// Before any worker knows other ports; by the thread that reads. The capture ends with its port: another may get the number.
    /// </summary>
    internal void Follow(PortTable next)
    {
        if (_ports is null) return;
        bool isOver = next[options.Port].IsVacant;
        if (isOver) Ending = $"port {_names[options.Port]} is gone";
        foreach ((int index, string name) in NamesOf(next).Index())
        {
            if (index == _names.Count) _names.Add(name);
            else if (name.Length > 0) _names[index] = name;
        }

        _ports = isOver ? null : next;
    }

    internal void BreathBegins(int worker, MonotonicTime now) => _now[worker] = now.Nanoseconds;

    internal void Arrived(Frame frame, int worker)
    {
        if (!IsMeant(frame.Bytes, frame.Info.IngressPort)) return;
        var note = new CaptureNote { SlotId = frame.SlotId, Time = _now[worker] };
        if (_rings[worker].TryWrite(frame.Bytes, options.SnapLength, note, CapturePhase.Open, out long number))
            Volatile.Write(ref PlaceOf(frame), ((long)(worker + 1) << NumberBits) | number);
    }

    internal bool Follows(Frame frame) => TryFind(frame, out CaptureRing ring, out long number) && ring.IsOpen(number, frame.SlotId);

    internal void Decided(Frame frame, string rule)
    {
        if (!TryFind(frame, out CaptureRing ring, out long number) || !ring.TryClaim(number, frame.SlotId)) return;
        ring.NoteAt(number).Rules.Decided(rule);
        ring.Release(number, CapturePhase.Open);
    }

    /// <summary>What ends here ends by what was decided here.</summary>
    internal void Behind(Frame frame)
    {
        if (frame.Info.Disposition == Disposition.Drop) return;
        if (!TryFind(frame, out CaptureRing ring, out long number) || !ring.TryClaim(number, frame.SlotId)) return;
        ring.NoteAt(number).Rules.Leave();
        ring.Release(number, CapturePhase.Open);
    }

    internal void Ended(Frame frame, VerdictKind verdict, DropReason reason = DropReason.None, int port = 0)
    {
        if (!TryFind(frame, out CaptureRing ring, out long number) || !ring.TryClaim(number, frame.SlotId)) return;
        ref CaptureNote note = ref ring.NoteAt(number);
        (note.Verdict, note.Reason, note.Port) = (verdict, reason, (ushort)port);
        ring.Release(number, CapturePhase.Ended);
    }

    internal void Left(Frame frame, int worker, int physical)
    {
        if (!IsMeant(frame.Bytes, physical)) return;
        ref FrameInfo info = ref frame.Info;
        var note = new CaptureNote
        {
            Time = _now[worker],
            IsOutbound = true,
            IsMadeHere = (info.Traits & FrameTraits.Generated) != FrameTraits.None,
            Port = info.IngressPort,
        };
        _rings[worker].TryWrite(frame.Bytes, options.SnapLength, note, CapturePhase.Ended, out _);
    }

    private static IEnumerable<string> NamesOf(PortTable ports) => Enumerable.Range(0, ports.Count).Select(port => ports[port].Name);

    private bool IsMeant(ReadOnlySpan<byte> frame, int physical) =>
        _ports is { } ports
        && physical == ports[options.Port].Physical
        && (options.Port == physical || TaggedPort.Of(frame, physical, ports) == options.Port)
        && options.Filter?.Matches(frame) != false;

    private bool TryFind(Frame frame, out CaptureRing ring, out long number)
    {
        long place = Volatile.Read(ref PlaceOf(frame));
        int worker = (int)(place >> NumberBits) - 1;
        (ring, number) = (_rings[Math.Max(0, worker)], place & ((1L << NumberBits) - 1));
        return worker >= 0;
    }

    private ref long PlaceOf(Frame frame) => ref _places[(int)(frame.SlotId >> SlotBits) & ((1 << PlaceBits) - 1)];
}
