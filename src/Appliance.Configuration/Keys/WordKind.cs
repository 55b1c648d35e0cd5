using System.Collections.Immutable;
using Appliance.Configuration.Yaml;

namespace Appliance.Configuration.Keys;

/// <summary>One of a few words; <c>pairs</c> gives each its value.</summary>
internal sealed class WordKind<T>(params ImmutableArray<(string Word, T Value)> pairs) : ValueKind<T>
    where T : struct, Enum
{
    public override string Expected => Wording.Or(Words);
    public override ImmutableArray<string> Words { get; } = [.. pairs.Select(pair => pair.Word)];

    public string WordOf(T value) => pairs.First(pair => pair.Value.Equals(value)).Word;

    public override bool TryRead(ScalarNode scalar, out T value, out string problem)
    {
        int index = Words.IndexOf(scalar.Text);
        value = index >= 0 ? pairs[index].Value : default;
        problem = index >= 0 ? "" : $"{Wording.Quote(scalar.Text)} is not known{Wording.DidYouMean(scalar.Text, Words)}";
        return index >= 0;
    }
}
