using System.Numerics;
using Appliance.Engine;

namespace Appliance.Offload;

/// <summary>The first stage: finds every header once, leads tagged frames to their sub-port and drops what is malformed.</summary>
public sealed class ParseStage(PortTable ports) : IStageOf<PortTable>
{
    private PortTable _ports = ports;
    private PlainFrame[] _plain = PlainFrame.ByPort(ports);                       // by port

    public string Name => "parse";

    public void Adopt(PortTable model) => (_ports, _plain) = (model, PlainFrame.ByPort(model));

    public void Process(FrameBatch batch, in StageContext context)
    {
        PortTable ports = _ports;
        BatchFacts facts = BatchFacts.PlainIpv4 | BatchFacts.NoSegments;
        for (ReadOnlySpan<Frame> rest = batch.Frames; !rest.IsEmpty;)
        {
            int run = PlainFrame.ParseRun(rest, _plain, out ulong others, out BatchFacts ofRun);
            facts &= ofRun;
            for (; others != 0; others &= others - 1)
            {
                Frame frame = rest[BitOperations.TrailingZeroCount(others)];
                DropReason refused = FrameParser.ParseOther(frame, ports, context.Counters);
                if (refused != DropReason.None) batch.Drop(frame, refused);
            }

            rest = rest[run..];
        }

        batch.Facts = facts;
        if (context.Trace is { } trace) Explain(trace, batch.Frames, ports);
    }

    private static void Explain(IPathTrace trace, ReadOnlySpan<Frame> frames, PortTable ports)
    {
        foreach (Frame frame in frames)
        {
            if (frame.Info.Disposition == Disposition.Continue) Explain(trace, frame, ports);
        }
    }

    private static void Explain(IPathTrace trace, Frame frame, PortTable ports)
    {
        ref FrameInfo info = ref frame.Info;
        string what = info.Network switch
        {
            NetworkKind.Arp => "ARP",
            _ => $"{info.Network} protocol {(byte)info.Protocol}, datagram of {info.DatagramLength} bytes",
        };
        string fragment = (info.Traits & FrameTraits.Fragment) != FrameTraits.None ? ", a fragment" : "";
        trace.Explain(frame, $"at {ports[info.IngressPort].Name}: {what}{fragment}");
    }
}
