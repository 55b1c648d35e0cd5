using Appliance.Engine;

namespace Appliance.Node;

/// <summary>
/// Keeps cause before effect where states are kept. Frames of one breath that come in by several ports are read by several workers and may
/// be judged in another order than they came; and on fast links one burst holds questions and their answers. On a wire no answer overtakes
/// what it answers, so here it waits for the next breath: otherwise it would depend on the number of workers whether it has a state.
/// </summary>
internal sealed class BreathOrder(ScratchFrame scratch)
{
    private readonly HashSet<FollowedFlow> _answers = [];               // to what has entered in this breath, as it was recorded

    /// <summary>Whether a frame answers one of this breath, or is an ICMP error about one.</summary>
    public bool MustWait(ReadOnlySpan<byte> bytes, int port) =>
        _answers.Count > 0
        && scratch.TryParse(bytes, port, out Frame frame)
        && _answers.Contains(FollowedFlow.Of(frame, out bool _));

    /// <summary>A frame enters, as it was recorded.</summary>
    public void Enter(ReadOnlySpan<byte> bytes, int port)
    {
        if (!scratch.TryParse(bytes, port, out Frame frame)) return;
        FollowedFlow flow = FollowedFlow.Of(frame, out bool isError);
        if (flow != default && !isError) _answers.Add(flow.Turned());
    }

    /// <summary>The breath is over.</summary>
    public void Settle() => _answers.Clear();
}
