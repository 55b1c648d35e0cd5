using System.Globalization;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>
/// Holds what a receiver saw of TCP conversations against what the sender sent: bytes that come behind later ones must have been sent
/// twice, or somebody between has let frames overtake others.
/// </summary>
internal static class WireOrder
{
    /// <param name="sender">A capture at the sender's device, of the first bytes of each frame.</param>
    /// <param name="receiver">One at the receiver's, at the same time.</param>
    public static void MustBeKept(string sender, string receiver)
    {
        ILookup<string, Segment> sent = Read(sender).ToLookup(segment => segment.Flow);
        int seen = 0;
        foreach (IGrouping<string, Segment> flow in Read(receiver).GroupBy(segment => segment.Flow))
        {
            Segment[] original = [.. sent[flow.Key]];
            if (original.Length == 0) continue;                         // the other direction, whose sender is the receiver
            seen++;
            uint next = flow.First().Sequence;
            foreach (Segment segment in flow)
            {
                if ((int)(segment.Sequence - next) < 0)
                    Assert.True(WasSentTwice(original, segment.Sequence), $"{flow.Key}: frame {segment.Number} has been overtaken");
                if ((int)(segment.End - next) > 0) next = segment.End;
            }
        }

        Assert.True(seen > 0, "No conversation is in both captures.");
    }

    /// <summary>Or not at all, as far as the capture goes: it may have lost frames, and then says nothing about this one.</summary>
    private static bool WasSentTwice(Segment[] original, uint sequence) =>
        original.Count(segment => (int)(sequence - segment.Sequence) >= 0 && (int)(sequence - segment.End) < 0) != 1;

    private static IEnumerable<Segment> Read(string capture)
    {
        ProcessRun run = ProcessRunner.Run(Peer.Require("tshark"),
        [
            "-n", "-r", capture, "-Y", "tcp.len > 0", "-T", "fields", "-E", "separator=/t",
            "-e", "frame.number", "-e", "ip.src", "-e", "ipv6.src", "-e", "tcp.srcport", "-e", "tcp.dstport", "-e", "tcp.seq_raw",
            "-e", "tcp.len",
        ]);
        Assert.True(run.ExitCode == 0, run.ToString());
        foreach (string line in run.OutputLines)
        {
            string[] columns = line.Split('\t');
            yield return new Segment(
                string.Join(' ', columns[1..5]), Number(columns[0]), Number(columns[5]), Number(columns[5]) + Number(columns[6]));
        }
    }

    private static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);

    private readonly record struct Segment(string Flow, uint Number, uint Sequence, uint End);
}
