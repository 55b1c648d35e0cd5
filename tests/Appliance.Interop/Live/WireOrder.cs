using System.Globalization;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>
/// Holds what left of TCP conversations against what came: bytes that leave behind later ones must have come so, or a second time, or
/// somebody between has let frames overtake others.
/// </summary>
internal static class WireOrder
{
    /// <param name="source">The sender's address: captures hold both directions, and what comes back says nothing here.</param>
    /// <param name="sender">A capture at the device by which they come, of the first bytes of each frame.</param>
    /// <param name="receiver">One where they leave, at the same time.</param>
    public static void MustBeKept(string source, string sender, string receiver)
    {
        ILookup<string, TcpSpan> sent = Read(source, sender), received = Read(source, receiver);
        Assert.True(received.Count > 0, $"Nothing of {source} was received.");
        foreach (IGrouping<string, TcpSpan> flow in received)
        {
            TcpSpan? overtaken = FirstOvertaken([.. sent[flow.Key]], flow);
            string about = About(overtaken, sent[flow.Key], flow);
            Assert.True(overtaken is null, $"{source} {flow.Key}: {overtaken} has been overtaken\n{about}");
        }
    }

    /// <summary>What came and what left about the same bytes and the same time, to be looked at.</summary>
    private static string About(TcpSpan? overtaken, IEnumerable<TcpSpan> sent, IEnumerable<TcpSpan> received)
    {
        if (overtaken is not { } late) return "";
        TcpSpan[] left = [.. received];
        int at = Array.IndexOf(left, late);
        return $"came: {string.Join("; ", sent.Where(span => (uint)(span.Sequence - late.Sequence + 20_000) < 40_000))}\n"
            + $"left: {string.Join("; ", left.Skip(at - 20).Take(40))}";
    }

    /// <summary>
    /// The first span that was received behind later ones, though it was sent once, and ahead of them; null if there is none.
    /// What the sender's capture lacks is not accused: it may have lost frames.
    /// </summary>
    internal static TcpSpan? FirstOvertaken(IReadOnlyList<TcpSpan> sent, IEnumerable<TcpSpan> received)
    {
        HashSet<TcpSpan> sentBehind = [.. Behind(sent)];
        foreach (TcpSpan late in Behind(received))
        {
            TcpSpan[] sendings = [.. sent.Where(span => span.Holds(late.Sequence))];
            if (sendings.Length == 1 && !sentBehind.Contains(sendings[0])) return late;
        }

        return null;
    }

    /// <summary>Those that begin below the end of one before them.</summary>
    private static IEnumerable<TcpSpan> Behind(IEnumerable<TcpSpan> spans)
    {
        uint? next = null;
        foreach (TcpSpan span in spans)
        {
            if (next is { } expected && (int)(span.Sequence - expected) < 0) yield return span;
            if (next is null || (int)(span.End - next.Value) > 0) next = span.End;
        }
    }

    /// <summary>By the ports.</summary>
    private static ILookup<string, TcpSpan> Read(string source, string capture)
    {
        string ofSource = source.Contains(':', StringComparison.Ordinal) ? $"ipv6.src == {source}" : $"ip.src == {source}";
        ProcessRun run = ProcessRunner.Run(Peer.Require("tshark"),
        [
            "-n", "-r", capture, "-Y", $"tcp.len > 0 && {ofSource}", "-T", "fields", "-E", "separator=/t",
            "-e", "tcp.srcport", "-e", "tcp.dstport", "-e", "frame.number", "-e", "tcp.seq_raw", "-e", "tcp.len",
        ]);
        Assert.True(run.ExitCode == 0, run.ToString());
        return run.OutputLines.Select(line => line.Split('\t')).ToLookup(
            columns => $"{columns[0]} > {columns[1]}",
            columns => new TcpSpan(Number(columns[2]), Number(columns[3]), Number(columns[4])));
    }

    private static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);
}
