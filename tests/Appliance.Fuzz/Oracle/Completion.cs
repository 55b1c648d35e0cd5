using Appliance.Engine;

namespace Appliance.Fuzz.Oracle;

/// <summary>After a burst: whether everything that had to leave has left, once and whole.</summary>
internal static class Completion
{
    /// <summary>Null, or what the first <paramref name="frame"/> lacks that did not get what the twin expected.</summary>
    public static string? WhatIsMissing(Burst burst, RoutingFacts facts, bool isScarce, out int frame)
    {
        for (frame = 0; frame < burst.Count; frame++)
        {
            ref Input input = ref burst.Inputs[frame];
            if (input.IsOffered && WhatIsMissing(burst, facts, isScarce, ref input) is { } missing) return missing;
        }

        frame = -1;
        return null;
    }

    private static string? WhatIsMissing(Burst burst, RoutingFacts facts, bool isScarce, ref Input input)
    {
        ref Fate fate = ref input.Fate;
        if (fate.Outcome == Outcome.Forward)
        {
            string? wrong = WhatIsMissing(burst.DatagramOf(input), fate.Way!.MtuBytes, input.Sent, input.SentPayload, isScarce);
            if (wrong is not null) return $"forwarded: {wrong}";
        }

        bool isDue = fate.Reply is ReplyKind.Arp or ReplyKind.Advertisement or ReplyKind.Echo;
        if (!isDue || input.Replies > 0) return input.Replies > 1 && fate.Reply != ReplyKind.Echo ? $"{input.Replies} answers" : null;
        bool mayBeSilent = isScarce || fate.ReplyRefused != DropReason.None;
        return mayBeSilent ? null : $"no answer, expected {fate.Reply} from port {facts.Ports[fate.Ingress].Index}";
    }

    private static string? WhatIsMissing(ReadOnlySpan<byte> datagram, int mtuBytes, int sent, int sentPayload, bool isScarce)
    {
        if (datagram.Length <= mtuBytes) return sent == 1 || (sent == 0 && isScarce) ? null : $"sent {sent} times, expected once";
        int payload = datagram.Length - ((datagram[0] & 15) * 4);
        return sentPayload == payload || isScarce ? null : $"{sentPayload} bytes of payload sent in {sent} fragments, expected {payload}";
    }
}
