using System.Numerics;

namespace Appliance.Firewall;

/// <summary>
/// The rules that a <see cref="BoxIndex"/> has found, taken out in ascending order. A few are sorted where they were written; many, as
/// where rules differ in nothing that the index knows, become a bit each, with a bit for each word that has one and a bit for each of
/// those words.
/// </summary>
internal sealed class FoundRules(int rules, int places)
{
    private const int SortedRules = 16;             // more are quicker as bits
    private readonly uint[] _places = new uint[places];
    private readonly ulong[] _words = new ulong[(rules >> 6) + 1];
    private readonly ulong[] _sums = new ulong[(rules >> 12) + 1];
    private ulong _top;                             // RuleList.MaximumRules is 64³
    private int _next, _count;                      // of those sorted

    /// <summary>Where the index works, and leaves what it finds.</summary>
    public Span<uint> Places => _places;

    /// <summary>
    /// The first so many of <see cref="Places"/> are rules, in any order and some twice. What was found before is forgotten.
    /// </summary>
    public void Take(int count)
    {
        Clear();
        Span<uint> found = _places.AsSpan(0, count);
        if (count > SortedRules)
        {
            foreach (uint rule in found) Set((int)rule);
            return;
        }

        for (int i = 1; i < found.Length; i++)
        {
            uint rule = found[i];
            int at = i;
            for (; at > 0 && found[at - 1] > rule; at--) found[at] = found[at - 1];
            found[at] = rule;
        }

        _count = count;
    }

    /// <summary>The least that is left and greater than <paramref name="last"/>; false when there is none.</summary>
    public bool TryTake(int last, out int rule)
    {
        while (_next < _count)
        {
            rule = (int)_places[_next++];
            if (rule > last) return true;
        }

        while (_top != 0)
        {
            rule = TakeBit();
            if (rule > last) return true;
        }

        rule = 0;
        return false;
    }

    private void Clear()
    {
        _next = _count = 0;
        while (_top != 0)
        {
            int word = LeastWord();
            _words[word] = 0;
            Emptied(word);
        }
    }

    private void Set(int rule)
    {
        _words[rule >> 6] |= 1UL << rule;
        _sums[rule >> 12] |= 1UL << (rule >> 6);
        _top |= 1UL << (rule >> 12);
    }

    private int TakeBit()
    {
        int word = LeastWord();
        ulong bits = _words[word];
        int rule = (word << 6) | BitOperations.TrailingZeroCount(bits);
        bits &= bits - 1;
        _words[word] = bits;
        if (bits == 0) Emptied(word);
        return rule;
    }

    private int LeastWord()
    {
        int top = BitOperations.TrailingZeroCount(_top);
        return (top << 6) | BitOperations.TrailingZeroCount(_sums[top]);
    }

    private void Emptied(int word)
    {
        ulong sums = _sums[word >> 6] &= ~(1UL << word);
        if (sums == 0) _top &= ~(1UL << (word >> 6));
    }
}
