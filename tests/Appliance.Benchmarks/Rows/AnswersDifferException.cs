namespace Appliance.Benchmarks.Rows;

/// <summary>Ours and a peer gave different answers: there is nothing to time.</summary>
public sealed class AnswersDifferException(string message) : Exception(message)
{
    public static void ThrowUnlessEqual(ReadOnlySpan<int> ours, ReadOnlySpan<int> theirs, string peer)
    {
        int common = ours.CommonPrefixLength(theirs);
        if (common == ours.Length) return;
        throw new AnswersDifferException($"probe {common}: ours says {ours[common]}, {peer} says {theirs[common]}");
    }
}
