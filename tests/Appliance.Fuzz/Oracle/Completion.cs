namespace Appliance.Fuzz.Oracle;

/// <summary>After a burst: whether everything that had to leave has left, once and whole.</summary>
internal static class Completion
{
    /// <summary>Throws for the first frame that did not get what the twin expected.</summary>
    public static void Check(Burst burst, RoutingFacts facts, bool isScarce)
    {
        for (int i = 0; i < burst.Count; i++)
        {
            ref Input input = ref burst.Inputs[i];
            if (!input.IsOffered) continue;
            string? wrong = WhatIsMissing(burst, facts, isScarce, ref input);
            if (wrong is not null) throw new FuzzFailureException(wrong, i);
        }
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
        return isScarce || fate.ReplyRefused != Appliance.Engine.DropReason.None ? null : $"no answer, expected {fate.Reply} from port {facts.Ports[fate.Ingress].Index}";
    }

    private static string? WhatIsMissing(ReadOnlySpan<byte> datagram, int mtuBytes, int sent, int sentPayload, bool isScarce)
    {
        if (datagram.Length <= mtuBytes) return sent == 1 || (sent == 0 && isScarce) ? null : $"sent {sent} times, expected once";
        int payload = datagram.Length - ((datagram[0] & 15) * 4);
        return sentPayload == payload || isScarce ? null : $"{sentPayload} bytes of payload sent in {sent} fragments, expected {payload}";
    }
}
