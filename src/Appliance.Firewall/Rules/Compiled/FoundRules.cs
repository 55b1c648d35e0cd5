using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Appliance.Firewall;

/// <summary>
/// The rules that a <see cref="BoxIndex"/> has found, taken out in ascending order. A few come in order already, by
/// <see cref="Insert"/>; many, as where rules differ in nothing that the index knows, become a bit each, with a bit for each word that
/// has one and a bit for each of those words.
/// </summary>
/// <param name="rules">Of the list.</param>
/// <param name="groups">That the index may visit for one packet.</param>
internal sealed class FoundRules(int rules, int groups)
{
    private readonly uint[] _visits = new uint[groups + BoxIndex.Lanes];
    private readonly uint[] _places = new uint[(groups + 1) * BoxGroups.Size];
    private readonly uint[] _least = new uint[Vector256<uint>.Count];
    private readonly ulong[] _words = new ulong[(rules >> 6) + 1];
    private readonly ulong[] _sums = new ulong[(rules >> 12) + 1];
    private ulong _top;                             // RuleList.MaximumRules is 64³
    private int _next, _count;                      // of those in order

    /// <summary>Where the index notes what groups it visits.</summary>
    public Span<uint> Visits => _visits;

    /// <summary>Where it leaves the rules that it finds, in any order and some twice.</summary>
    public Span<uint> Places => _places;

    /// <summary>Where it leaves the least of them, in order.</summary>
    public Span<uint> Least => _least;

    /// <summary>Rules in ascending order, and one more put in its place; the greatest is lost. Nothing is branched on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Insert(Vector256<uint> sorted, uint rule)
    {
        Vector256<uint> before = Vector256.Shuffle(sorted, Vector256.Create(0u, 0, 1, 2, 3, 4, 5, 6))
            & Vector256.Create(0, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue);
        return Vector256.Min(Vector256.Max(before, Vector256.Create(rule)), sorted);
    }

    /// <summary>So many have been found. What was found before is forgotten.</summary>
    public void Take(int count)
    {
        if (_top != 0) Clear();
        _next = 0;
        _count = count <= Vector256<uint>.Count ? count : 0;
        if (count > Vector256<uint>.Count) SetAll(_places.AsSpan(0, count));
    }

    /// <summary>The least that is left and greater than <paramref name="last"/>; false when there is none.</summary>
    public bool TryTake(int last, out int rule)
    {
        while (_next < _count)
        {
            rule = (int)_least[_next++];
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
        while (_top != 0)
        {
            int word = LeastWord();
            _words[word] = 0;
            Emptied(word);
        }
    }

    private void SetAll(ReadOnlySpan<uint> found)
    {
        foreach (uint rule in found)
        {
            _words[rule >> 6] |= 1UL << (int)rule;
            _sums[rule >> 12] |= 1UL << (int)(rule >> 6);
            _top |= 1UL << (int)(rule >> 12);
        }
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
