using Appliance.Engine;

namespace Appliance.Node;

/// <summary>Listens to the path while one packet goes through it, and keeps what was said of that packet.</summary>
internal sealed class PacketTrace(PortTable ports) : IPathTrace, ITransmitSink
{
    private readonly List<TracedStage> _stages = [];
    private readonly List<TracedOutput> _outputs = [];
    private string _verdict = "drop";
    private string? _reason;
    private string _detail = "";
    private DecidingRules _rules;
    private string? _rule;

    public bool WantsCandidates => true;

    public void Explain(Frame frame, string detail)
    {
        if (!IsReply(frame)) _detail = _detail.Length == 0 ? detail : $"{_detail}; {detail}";
    }

    public void Decided(Frame frame, string rule)
    {
        if (!IsReply(frame)) _rules.Decided(rule);
    }

    public void Behind(string stage, Frame frame)
    {
        if (IsReply(frame)) return;
        ref FrameInfo info = ref frame.Info;
        string action = info.Disposition switch
        {
            Disposition.HandOff => "hand-off",
            Disposition disposition => disposition.ToString().ToLowerInvariant(),
        };
        if (info.Disposition == Disposition.Drop)
        {
            if (_detail.Length == 0) _detail = ArrivalDropText.Of(frame, info.DropReason, ports);
            End(info.DropReason);
            _rule = _rules.Here;
        }
        else if (info.Disposition is Disposition.Transmit or Disposition.Consume)
        {
            _verdict = info.Disposition == Disposition.Transmit ? "pass" : "consume";
            _rule = _rules.First;
        }

        _rules.Leave();
        _stages.Add(new TracedStage(stage, action, _detail));
        _detail = "";
    }

    public void OnTransmit(PortId port, Frame frame) =>
        _outputs.Add(new TracedOutput(ports[port.Index].Name, frame.Bytes.ToArray(), IsReply(frame)));

    /// <summary>What was found; the trace is blank again.</summary>
    public PacketVerdict Finish()
    {
        var verdict = new PacketVerdict(_verdict, _reason, _rule, [.. _stages], [.. _outputs]);
        _stages.Clear();
        _outputs.Clear();
        (_verdict, _reason, _detail, _rules, _rule) = ("drop", null, "", default, null);
        return verdict;
    }

    /// <summary>A record that never became a frame.</summary>
    public void Refuse(DropReason reason)
    {
        _detail = "";
        End(reason);
        _stages.Add(new TracedStage("receive", "drop", _detail));
        _detail = "";
    }

    private static bool IsReply(Frame frame) => (frame.Info.Traits & FrameTraits.Generated) != FrameTraits.None;

    private void End(DropReason reason)
    {
        _verdict = FrameVerdict.Dropped(reason).Word;
        _reason = DropReasonNames.Of(reason);
        _detail = _detail.Length == 0 ? _reason : $"{_reason}: {_detail}";
    }
}
