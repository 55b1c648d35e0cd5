using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>What workers tell of frames, told to every capture that is on.</summary>
internal sealed class CaptureTap(ImmutableArray<FrameCapture> captures) : IFrameTap
{
    public void BreathBegins(int worker, MonotonicTime now)
    {
        foreach (FrameCapture capture in captures) capture.BreathBegins(worker, now);
    }

    public void Arrived(ReadOnlySpan<Frame> frames, int worker)
    {
        foreach (FrameCapture capture in captures)
        {
            foreach (Frame frame in frames) capture.Arrived(frame, worker);
        }
    }

    public bool Follows(ReadOnlySpan<Frame> frames)
    {
        foreach (FrameCapture capture in captures)
        {
            foreach (Frame frame in frames)
            {
                if (capture.Follows(frame)) return true;
            }
        }

        return false;
    }

    public void Explain(Frame frame, string detail)
    {
    }

    public void Decided(Frame frame, string rule)
    {
        foreach (FrameCapture capture in captures)
        {
            for (Frame each = frame; !each.IsNull; each = each.Info.Next) capture.Decided(each, rule);
        }
    }

    public void Behind(string stage, Frame frame)
    {
        foreach (FrameCapture capture in captures)
        {
            for (Frame each = frame; !each.IsNull; each = each.Info.Next) capture.Behind(each);
        }
    }

    public void Sent(Frame frame, int worker, PortTable ports)
    {
        int logical = frame.Info.EgressPort, physical = ports[logical].Physical;
        foreach (FrameCapture capture in captures)
        {
            for (Frame each = frame; !each.IsNull; each = each.Info.Next)
            {
                capture.Ended(each, VerdictKind.Pass, port: logical);
                capture.Left(each, worker, physical);
            }
        }
    }

    public void Consumed(Frame frame)
    {
        foreach (FrameCapture capture in captures)
        {
            for (Frame each = frame; !each.IsNull; each = each.Info.Next) capture.Ended(each, VerdictKind.Consume);
        }
    }

    public void Dropped(Frame frame, DropReason reason)
    {
        foreach (FrameCapture capture in captures)
        {
            for (Frame each = frame; !each.IsNull; each = each.Info.Next) capture.Ended(each, VerdictKind.Drop, reason);
        }
    }
}
