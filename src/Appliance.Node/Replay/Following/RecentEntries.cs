using System.Diagnostics.CodeAnalysis;

namespace Appliance.Node;

/// <summary>A dictionary that forgets what was not asked for in a long time: it never holds more than a given number of entries.</summary>
/// <param name="most">Two generations of half as many; the older goes when the younger is full.</param>
internal sealed class RecentEntries<TKey, TValue>(int most) where TKey : notnull
{
    private Dictionary<TKey, TValue> _young = [], _old = [];

    public int Count => _young.Count + _old.Count;

    public void Set(TKey key, TValue value)
    {
        _old.Remove(key);
        if (_young.Count >= most / 2 && !_young.ContainsKey(key)) (_young, _old) = ([], _young);
        _young[key] = value;
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_young.TryGetValue(key, out value)) return true;
        if (!_old.TryGetValue(key, out value)) return false;
        Set(key, value);
        return true;
    }

    public void Remove(TKey key)
    {
        _young.Remove(key);
        _old.Remove(key);
    }
}
