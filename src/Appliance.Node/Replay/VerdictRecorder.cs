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
    private readonly List<FrameVerdict>[] _verdicts = [.. Enumerable.Range(0, inputs).Select(_ => new List<FrameVerdict>())];

    /// <summary>A record comes in, in the order of its capture.</summary>
    /// <param name="refusal">Why it never became a frame, or <see cref="DropReason.None"/>.</param>
    public void Enter(int input, DropReason refusal) =>
        _verdicts[input].Add(refusal == DropReason.None ? default : FrameVerdict.Dropped(refusal));

    /// <inheritdoc/>
    public void Explain(Frame frame, string detail)
    {
    }

    /// <inheritdoc/>
    public void Behind(string stage, Frame frame)
    {
        ref FrameInfo info = ref frame.Info;
        if (info.Disposition == Disposition.Drop) Note(frame, FrameVerdict.Dropped(info.DropReason));
        else if (info.Disposition == Disposition.Consume) Note(frame, new FrameVerdict(VerdictKind.Consume));
    }

    /// <inheritdoc/>
    public void OnTransmit(PortId port, Frame frame)
    {
        if (!IsMadeHere(frame)) VerdictOf(frame.Info.Ordinal) = new FrameVerdict(VerdictKind.Pass);
        output.OnTransmit(port, frame);
    }

    /// <summary>By input, by record. What has no verdict is still held, and ends with the replay.</summary>
    public ImmutableArray<ImmutableArray<FrameVerdict>> Finish() =>
        [.. _verdicts.Select(input => input.Select(Final).ToImmutableArray())];

    private static FrameVerdict Final(FrameVerdict noted) =>
        noted.Kind == VerdictKind.None ? FrameVerdict.Dropped(DropReason.ReplayEnded) : noted;

    private static bool IsMadeHere(Frame frame) => (frame.Info.Traits & FrameTraits.Generated) != FrameTraits.None;

    /// <summary>For the frame and all that are chained behind it. What has left stays passed, whatever becomes of the rest.</summary>
    private void Note(Frame frame, FrameVerdict verdict)
    {
        if (IsMadeHere(frame)) return;
        for (; !frame.IsNull; frame = frame.Info.Next)
        {
            ref FrameVerdict noted = ref VerdictOf(frame.Info.Ordinal);
            if (noted.Kind == VerdictKind.None) noted = verdict;
        }
    }

    private ref FrameVerdict VerdictOf(long ordinal) =>
        ref CollectionsMarshal.AsSpan(_verdicts[FrameOrdinal.InputOf(ordinal)])[(int)FrameOrdinal.NumberOf(ordinal) - 1];
}
