using System.Collections.Immutable;

namespace Appliance.Running;

/// <summary>
/// The descriptors of several owners as one array, which is another whenever one of theirs is: a number alone may mean another file than
/// before.
/// </summary>
internal sealed class DescriptorSet
{
    private readonly List<ImmutableArray<int>> _owners = [];
    private int _seen;
    private bool _isAnother;
    private ImmutableArray<int> _all = [];

    /// <summary>Behind the last <see cref="Add"/>.</summary>
    public ImmutableArray<int> All
    {
        get
        {
            if (!_isAnother && _seen == _owners.Count) return _all;
            _owners.RemoveRange(_seen, _owners.Count - _seen);
            _isAnother = false;
            return _all = [.. _owners.SelectMany(owner => owner)];
        }
    }

    /// <summary>The owners say anew what they have, in the same order.</summary>
    public void Begin() => _seen = 0;

    public void Add(ImmutableArray<int> descriptors)
    {
        if (_seen == _owners.Count)
        {
            _owners.Add(descriptors);
            _isAnother = true;
        }
        else if (_owners[_seen] != descriptors)
        {
            _owners[_seen] = descriptors;
            _isAnother = true;
        }

        _seen++;
    }
}
