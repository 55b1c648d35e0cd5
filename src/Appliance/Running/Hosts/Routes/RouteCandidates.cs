using System.Runtime.InteropServices;
using Appliance.Routing;
using Appliance.Wire.Ip;

namespace Appliance.Running;

/// <summary>
/// All routes that the host has for each prefix of one family, and which prefixes lead elsewhere than they were last said to: of several
/// routes the one with the smallest metric counts. What is told and what is read are put together so that they may overlap: while all is
/// read anew, what is told meanwhile is the later of the two.
/// </summary>
/// <typeparam name="TKey">A prefix, as small as it can be: there may be a million.</typeparam>
/// <param name="prefixOf">Of a key.</param>
internal sealed class RouteCandidates<TKey>(Func<TKey, IpPrefix> prefixOf) where TKey : struct, IEquatable<TKey>
{
    private readonly Dictionary<TKey, Place> _places = [];
    private readonly Dictionary<TKey, List<Candidate>> _others = [];    // beside the best, where there are any
    private readonly HashSet<(TKey Key, uint Metric)> _gone = [];       // told while a reading goes on
    private readonly Queue<TKey> _changed = [];
    private uint _reading;
    private bool _isReading;

    /// <summary>Prefixes that have a route.</summary>
    public int Count { get; private set; }

    /// <summary>Whether <see cref="TryTake"/> has something.</summary>
    public bool HasChanges => _changed.Count > 0;

    /// <summary>Whether anything was told since the reading began.</summary>
    public bool IsTold { get; private set; }

    /// <summary>What is known of the route with that metric; null: there is none.</summary>
    public RouteTarget? Find(TKey key, uint metric)
    {
        if (!_places.TryGetValue(key, out Place place) || place.Best.Target is null) return null;
        if (place.Best.Metric == metric) return place.Best.Target;
        return _others.TryGetValue(key, out List<Candidate>? others) ? others.Find(other => other.Metric == metric).Target : null;
    }

    /// <summary>The host says that a route is there, or is another now; null: it is gone.</summary>
    public void Tell(TKey key, uint metric, RouteTarget? target)
    {
        IsTold = true;
        if (target is null && _isReading) _gone.Add((key, metric));
        if (target is null) Remove(key, metric);
        else Put(key, new Candidate(target, metric, MarkOf(isTold: true)));
    }

    /// <summary>All is going to be read.</summary>
    public void BeginReading()
    {
        _reading++;
        _gone.Clear();
        (_isReading, IsTold) = (true, false);
    }

    /// <summary>
    /// A route is read. Of several with one metric the first counts; false: this is another one than that, and the host uses it when the
    /// first is gone.
    /// </summary>
    public bool Read(TKey key, uint metric, RouteTarget target)
    {
        if (_gone.Contains((key, metric))) return true;
        if (MarkOf(key, metric) is { } mark && mark >> 1 == _reading)
            return mark == MarkOf(isTold: true) || target.Equals(Find(key, metric));
        Put(key, new Candidate(target, metric, MarkOf(isTold: false)));
        return true;
    }

    /// <summary>All has been read.</summary>
    /// <param name="forgets">Whether what was neither read nor told is there no more.</param>
    public void EndReading(bool forgets)
    {
        _isReading = false;
        _gone.Clear();
        if (!forgets) return;
        var gone = new List<(TKey Key, uint Metric)>();
        foreach ((TKey key, Place place) in _places)
        {
            if (place.Best.Target is not null && place.Best.Mark >> 1 != _reading) gone.Add((key, place.Best.Metric));
        }

        foreach ((TKey key, List<Candidate> others) in _others)
            gone.AddRange(others.Where(other => other.Mark >> 1 != _reading).Select(other => (key, other.Metric)));
        foreach ((TKey key, uint metric) in gone) Remove(key, metric);
    }

    /// <summary>A prefix that leads elsewhere than was last said of it.</summary>
    public bool TryTake(out RouteChange change)
    {
        change = default;
        if (!_changed.TryDequeue(out TKey key)) return false;
        ref Place place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, key, out _);
        place.IsChanged = false;
        change = new RouteChange(prefixOf(key), place.Best.Target);
        if (place.Best.Target is null) _places.Remove(key);
        return true;
    }

    private uint MarkOf(bool isTold) => (_reading << 1) | (isTold ? 1u : 0u);

    private uint? MarkOf(TKey key, uint metric)
    {
        if (!_places.TryGetValue(key, out Place place) || place.Best.Target is null) return null;
        if (place.Best.Metric == metric) return place.Best.Mark;
        if (!_others.TryGetValue(key, out List<Candidate>? others)) return null;
        int at = others.FindIndex(other => other.Metric == metric);
        return at < 0 ? null : others[at].Mark;
    }

    private void Put(TKey key, Candidate candidate)
    {
        ref Place place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, key, out _);
        RouteTarget? before = place.Best.Target;
        if (before is null || candidate.Metric <= place.Best.Metric)
        {
            if (before is null) Count++;
            else if (candidate.Metric < place.Best.Metric) PutOther(key, place.Best);
            place.Best = candidate;
            if (!candidate.Target!.Equals(before)) Change(key, ref place);
            return;
        }

        PutOther(key, candidate);
    }

    private void PutOther(TKey key, Candidate candidate)
    {
        if (!_others.TryGetValue(key, out List<Candidate>? others)) _others.Add(key, others = []);
        others.RemoveAll(other => other.Metric == candidate.Metric);
        others.Add(candidate);
    }

    private void Remove(TKey key, uint metric)
    {
        ref Place place = ref CollectionsMarshal.GetValueRefOrNullRef(_places, key);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref place) || place.Best.Target is null) return;
        _others.TryGetValue(key, out List<Candidate>? others);
        if (place.Best.Metric != metric)
        {
            others?.RemoveAll(other => other.Metric == metric);
        }
        else
        {
            Candidate next = others is { Count: > 0 } ? others.MinBy(other => other.Metric) : default;
            others?.Remove(next);
            bool isOther = !place.Best.Target.Equals(next.Target);
            place.Best = next;
            if (next.Target is null) Count--;
            if (isOther) Change(key, ref place);
        }

        if (others is { Count: 0 }) _others.Remove(key);
    }

    private void Change(TKey key, ref Place place)
    {
        if (place.IsChanged) return;
        place.IsChanged = true;
        _changed.Enqueue(key);
    }

    /// <param name="Mark">The number of the reading in which it was last seen, and in the lowest bit whether it was told since.</param>
    private readonly record struct Candidate(RouteTarget? Target, uint Metric, uint Mark);

    /// <summary>What counts for a prefix; with no target: nothing, which is yet to be taken.</summary>
    private struct Place
    {
        public Candidate Best;
        public bool IsChanged;
    }
}
