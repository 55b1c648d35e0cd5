using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>
/// Notes for every record of a replay what became of it: it listens to the path for what ends here, and stands before the output for what
/// leaves. What is made here (replies, errors) is nobody's record. Trains and fragments tell by their ordinals which records they are.
/// </summary>
/// <param name="inputs">How many captures there are.</param>
/// <param name="output">Where frames go that leave.</param>
internal sealed class VerdictRecorder(int inputs, ITransmitSink output) : IPathTrace, ITransmitSink
{
    private readonly List<Note>[] _notes = [.. Enumerable.Range(0, inputs).Select(_ => new List<Note>())];

    /// <summary>A record comes in, in the order of its capture.</summary>
    /// <param name="refusal">Why it never became a frame, or <see cref="DropReason.None"/>.</param>
    public void Enter(int input, DropReason refusal) =>
        _notes[input].Add(refusal == DropReason.None ? default : new Note { Verdict = FrameVerdict.Dropped(refusal) });

    /// <inheritdoc/>
    public void Explain(Frame frame, string detail)
    {
    }

    /// <inheritdoc/>
    public void Decided(Frame frame, string rule)
    {
        if (IsMadeHere(frame)) return;
        for (; !frame.IsNull; frame = frame.Info.Next)
            NoteOf(frame.Info.Ordinal).Rules.Decided(rule);
    }

    /// <inheritdoc/>
    public void Behind(string stage, Frame frame)
    {
        if (IsMadeHere(frame)) return;
        ref FrameInfo info = ref frame.Info;
        (Disposition disposition, DropReason reason) = (info.Disposition, info.DropReason);
        for (; !frame.IsNull; frame = frame.Info.Next)
            NoteOf(frame.Info.Ordinal).Behind(disposition, reason);
    }

    /// <inheritdoc/>
    public void OnTransmit(PortId port, Frame frame)
    {
        if (!IsMadeHere(frame)) NoteOf(frame.Info.Ordinal).Leave();
        output.OnTransmit(port, frame);
    }

    /// <summary>By input, by record. What has no verdict is still held, and ends with the replay.</summary>
    public ImmutableArray<ImmutableArray<FrameVerdict>> Finish() =>
        [.. _notes.Select(input => input.Select(note => Final(note.Verdict)).ToImmutableArray())];

    private static FrameVerdict Final(FrameVerdict noted) =>
        noted.Kind == VerdictKind.None ? FrameVerdict.Dropped(DropReason.ReplayEnded) : noted;

    private static bool IsMadeHere(Frame frame) => (frame.Info.Traits & FrameTraits.Generated) != FrameTraits.None;

    private ref Note NoteOf(long ordinal) =>
        ref CollectionsMarshal.AsSpan(_notes[FrameOrdinal.InputOf(ordinal)])[(int)FrameOrdinal.NumberOf(ordinal) - 1];

    /// <summary>Of one record. What has left stays passed, whatever becomes of the rest.</summary>
    private struct Note
    {
        public FrameVerdict Verdict;
        public DecidingRules Rules;

        public void Behind(Disposition disposition, DropReason reason)
        {
            bool isFirst = Verdict.Kind == VerdictKind.None;
            if (disposition == Disposition.Drop && isFirst) Verdict = FrameVerdict.Dropped(reason) with { Rule = Rules.Here };
            else if (disposition == Disposition.Consume && isFirst) Verdict = new FrameVerdict(VerdictKind.Consume, Rule: Rules.First);
            Rules.Leave();
        }

        public void Leave() => Verdict = new FrameVerdict(VerdictKind.Pass, DropReason.None, Rules.First, Rules.Second);
    }
}
