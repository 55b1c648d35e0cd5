using System.Collections.Immutable;

namespace Appliance.Configuration.Keys;

/// <summary>A mapping of the configuration and every key it knows.</summary>
internal sealed class Section(string noun, params ImmutableArray<Key> keys)
{
    /// <summary>What an error calls it: <c>a port</c>.</summary>
    public string Noun => noun;

    public ImmutableArray<Key> Keys => keys;

    public IEnumerable<string> Names => keys.Select(key => key.Name);

    /// <summary>Up to three keys, the required ones first, for the error that says what was expected.</summary>
    public string SomeKeys => Wording.Or([.. keys.OrderBy(key => !key.IsRequired).Take(3).Select(key => $"'{key.Name}'")]);

    public Key? Find(string name) => keys.FirstOrDefault(key => key.Name == name);
}
