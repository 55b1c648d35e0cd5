namespace Appliance.Configuration.Keys;

/// <summary>All sections of a configuration, found by walking the keys from the root.</summary>
internal static class KeyIndex
{
    private static readonly Dictionary<string, Section?> Homes = FindHomes();

    /// <summary>The section that knows the key, if exactly one does.</summary>
    public static Section? HomeOf(string key) => Homes.GetValueOrDefault(key);

    public static IEnumerable<Section> Below(Section section) => section.Keys
        .Select(SectionOf)
        .OfType<Section>()
        .SelectMany(Below)
        .Prepend(section);

    private static Section? SectionOf(Key key) => key switch
    {
        SectionKey one => one.Section,
        SectionListKey list => list.Section,
        NamedSectionsKey named => named.Section,
        _ => null,
    };

    private static Dictionary<string, Section?> FindHomes()
    {
        Dictionary<string, Section?> homes = new(StringComparer.Ordinal);
        foreach (Section section in Below(RootKeys.Section))
        {
            foreach (string name in section.Names)
            {
                if (!homes.TryAdd(name, section)) homes[name] = null;
            }
        }

        return homes;
    }
}
