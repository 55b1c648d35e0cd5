using Appliance.Engine;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// What a burst caused: the frames that left, in order, and what was counted meanwhile. Every question checks that nothing else happened.
/// </summary>
internal sealed class Seen(
    IReadOnlyList<(string Port, byte[] Frame)> left, NodeAccounts before, NodeAccounts after, Func<int, string> nameOf)
{
    public IReadOnlyList<(string Port, byte[] Frame)> Left => left;

    public long Received => after.Received - before.Received;
    public long Dropped => after.Dropped - before.Dropped;
    public long Consumed => after.Consumed - before.Consumed;
    public long Generated => after.Generated - before.Generated;

    /// <summary>Since the box is there.</summary>
    public string States => $"{after.StatesCreated} made, {after.StatesEnded} ended";

    /// <summary>Why frames were dropped, each reason once, in order.</summary>
    public IEnumerable<string> DropReasons => Reasons.Select(drop => drop.Reason);

    public byte[][] LeftBy(string port) => [.. left.Where(sent => sent.Port == port).Select(sent => sent.Frame)];

    public long DroppedAs(string reason) => after.Drops.GetValueOrDefault(reason) - before.Drops.GetValueOrDefault(reason);

    public PortCounters At(string port)
    {
        int index = Enumerable.Range(0, after.Ports.Length).Single(i => nameOf(i) == port);
        PortCounters then = before.Ports[index], now = after.Ports[index];
        return new PortCounters
        {
            FramesIn = now.FramesIn - then.FramesIn,
            BytesIn = now.BytesIn - then.BytesIn,
            FramesOut = now.FramesOut - then.FramesOut,
            BytesOut = now.BytesOut - then.BytesOut,
            FramesDropped = now.FramesDropped - then.FramesDropped,
        };
    }

    /// <summary>One frame came, one left by <paramref name="port"/>, and that is all.</summary>
    public byte[] Forwarded(string port)
    {
        MustCount(dropped: 0, consumed: 0, generated: 0);
        return OnlyFrame(port);
    }

    /// <summary>One frame came and was dropped for <paramref name="reason"/>, silently.</summary>
    public void MustBeDropped(string reason)
    {
        Assert.Equal((reason, 1L), Assert.Single(Reasons));
        MustCount(dropped: 1, consumed: 0, generated: 0);
        Assert.Empty(left);
    }

    /// <summary>One frame came, was dropped for <paramref name="reason"/>, and its sender was told so: that frame.</summary>
    public byte[] RefusedWith(string reason, string port)
    {
        Assert.Equal((reason, 1L), Assert.Single(Reasons));
        MustCount(dropped: 1, consumed: 0, generated: 1);
        return OnlyFrame(port);
    }

    /// <summary>One frame came and was taken without a word.</summary>
    public void MustBeConsumed()
    {
        MustCount(dropped: 0, consumed: 1, generated: 0);
        Assert.Empty(left);
    }

    /// <summary>One frame came, was taken, and an answer left.</summary>
    public byte[] Answered(string port)
    {
        MustCount(dropped: 0, consumed: 1, generated: 1);
        return OnlyFrame(port);
    }

    private IEnumerable<(string Reason, long Count)> Reasons =>
        after.Drops.Select(
            drop => (Reason: drop.Key, Count: drop.Value - before.Drops.GetValueOrDefault(drop.Key))).Where(drop => drop.Count > 0);

    private byte[] OnlyFrame(string port)
    {
        (string by, byte[] frame) = Assert.Single(left);
        Assert.Equal(port, by);
        return frame;
    }

    private void MustCount(long dropped, long consumed, long generated) =>
        Assert.Equal(
            $"received 1, dropped {dropped}, consumed {consumed}, generated {generated}",
            $"received {Received}, dropped {Dropped}, consumed {Consumed}, generated {Generated}"
                + string.Concat(Reasons.Where(_ => dropped == 0).Select(drop => $" ({drop.Reason})")));
}
