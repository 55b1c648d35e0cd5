namespace Appliance.Node.Tests;

/// <summary>
/// Holds two outputs against each other: the same frames by each port, each flow's in the same order. Fragments tell no ports: where they
/// came as fragments, each keeps its place among the frames of every flow between the same hosts; where the router cut them, among those
/// of its own flow, which the first of them tells.
/// </summary>
internal static class FlowOrder
{
    /// <summary>Says what is different, or nothing.</summary>
    public static string Compare(
        IReadOnlyList<(string Port, byte[] Frame)> first, IReadOnlyList<(string Port, byte[] Frame)> second, bool wereCutHere)
    {
        if (first.Count != second.Count) return $"{first.Count} frames left, and {second.Count}";
        Dictionary<string, List<byte[]>> flows = Flows(first, wereCutHere), others = Flows(second, wereCutHere);
        foreach ((string flow, List<byte[]> frames) in flows)
        {
            if (!others.TryGetValue(flow, out List<byte[]>? same)) return $"{flow} left once and not again";
            if (frames.Count != same.Count) return $"{flow} left with {frames.Count} frames, and {same.Count}";
            for (int i = 0; i < frames.Count; i++)
            {
                if (!frames[i].AsSpan().SequenceEqual(same[i]))
                    return $"frame {i} of {flow} is {Convert.ToHexString(frames[i])}, and {Convert.ToHexString(same[i])}";
            }
        }

        return flows.Count == others.Count ? "" : $"{flows.Count} flows left, and {others.Count}";
    }

    private static Dictionary<string, List<byte[]>> Flows(IReadOnlyList<(string Port, byte[] Frame)> left, bool wereCutHere)
    {
        string[] keys = [.. left.Select(sent => $"{sent.Port} {FlowKey.Of(sent.Frame)}")];
        if (wereCutHere) NameByFlow(keys, left);
        Dictionary<string, List<byte[]>> flows = [];
        ILookup<string, string> between = keys.Distinct(StringComparer.Ordinal).ToLookup(HostsOf);
        for (int i = 0; i < keys.Length; i++)
        {
            bool isFragment = IsFragment(keys[i]);
            foreach (string flow in isFragment ? between[HostsOf(keys[i])] : [keys[i]])
            {
                if (flow != keys[i] && IsFragment(flow)) continue;
                if (!flows.TryGetValue(flow, out List<byte[]>? frames)) flows[flow] = frames = [];
                frames.Add(left[i].Frame);
            }
        }

        return flows;
    }

    /// <summary>Gives untagged IPv4 fragments the key of their flow.</summary>
    private static void NameByFlow(string[] keys, IReadOnlyList<(string Port, byte[] Frame)> left)
    {
        Dictionary<string, string> flows = [];
        for (int i = 0; i < keys.Length; i++)
        {
            if (!keys[i].Contains(" 0800 ", StringComparison.Ordinal) || !IsFragment(keys[i])) continue;
            byte[] whole = [.. left[i].Frame];
            bool isFirst = (whole[20] & 0x1f) == 0 && whole[21] == 0;
            whole[20] = whole[21] = 0;
            if (isFirst) flows[keys[i]] = $"{left[i].Port} {FlowKey.Of(whole)}";
            keys[i] = flows.GetValueOrDefault(keys[i], keys[i]);
        }
    }

    private static bool IsFragment(string key) => key.Contains(" fragment ", StringComparison.Ordinal);

    /// <summary>Port, tags, type and the two addresses.</summary>
    private static string HostsOf(string key)
    {
        int end = key.IndexOf('>', StringComparison.Ordinal);
        int space = end < 0 ? -1 : key.IndexOf(' ', end);
        return space < 0 ? key : key[..space];
    }
}
