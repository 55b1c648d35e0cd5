using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Appliance.Configuration.Yaml;

namespace Appliance.Configuration.Keys;

/// <summary>Text of a form that <c>parse</c> knows; <c>words</c> are those it takes besides.</summary>
internal sealed class TextKind<T>(string expected, TextParser<T> parse, params ImmutableArray<string> words) : ValueKind<T>
    where T : notnull
{
    public override string Expected => expected;
    public override ImmutableArray<string> Words => words;

    public override bool TryRead(ScalarNode scalar, [MaybeNullWhen(false)] out T value, out string problem)
    {
        value = default;
        problem = scalar.Text.Any(char.IsControl)
            ? $"{Wording.Quote(scalar.Text)} has a control character"
            : parse(scalar.Text, out value) ?? "";
        return problem.Length == 0;
    }
}
