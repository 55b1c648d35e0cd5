using System.Numerics;

namespace Appliance.Firewall;

/// <summary>
/// A set of rules, taken out in ascending order: a bit for each, a bit for each word that has one, and a bit for each of those words. Empty
/// between packets.
/// </summary>
internal sealed class MatchBits(int rules)
{
    private readonly ulong[] _words = new ulong[(rules >> 6) + 1];
    private readonly ulong[] _sums = new ulong[(rules >> 12) + 1];
    private ulong _top;                             // RuleList.MaximumRules is 64³

    public void Set(int rule)
    {
        _words[rule >> 6] |= 1UL << rule;
        _sums[rule >> 12] |= 1UL << (rule >> 6);
        _top |= 1UL << (rule >> 12);
    }

    /// <summary>The least, which is taken out; false when there is none.</summary>
    public bool TryTake(out int rule)
    {
        rule = 0;
        if (_top == 0) return false;
        int top = BitOperations.TrailingZeroCount(_top);
        int word = (top << 6) | BitOperations.TrailingZeroCount(_sums[top]);
        ulong bits = _words[word];
        rule = (word << 6) | BitOperations.TrailingZeroCount(bits);
        bits &= bits - 1;
        _words[word] = bits;
        if (bits == 0) Emptied(word);
        return true;
    }

    /// <summary>Takes out this rule and all before it.</summary>
    public void ClearThrough(int rule)
    {
        while (TryTake(out int least))
        {
            if (least <= rule) continue;
            Set(least);
            return;
        }
    }

    public void Clear()
    {
        while (_top != 0)
        {
            int top = BitOperations.TrailingZeroCount(_top);
            int word = (top << 6) | BitOperations.TrailingZeroCount(_sums[top]);
            _words[word] = 0;
            Emptied(word);
        }
    }

    private void Emptied(int word)
    {
        ulong sums = _sums[word >> 6] &= ~(1UL << word);
        if (sums == 0) _top &= ~(1UL << (word >> 6));
    }
}
