using System.Collections.Immutable;
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Appliance.Reports;

/// <summary>
/// Reads the <c>counters</c> of a test.yaml from its YAML events, and skips what else such a file may hold. Every fault has its position.
/// </summary>
internal sealed class ExpectationReader
{
    private static readonly string[] KnownKeys = ["config", "inputs", "port", "vcpus", "seed", "verdicts", "default", "counters",
        "outputs"];

    private readonly string _file;
    private readonly Parser _events;
    private ImmutableArray<Expectation>? _counters;

    private ExpectationReader(string file, string text)
    {
        _file = file;
        _events = new Parser(new StringReader(text));
    }

    /// <exception cref="RefusedException">The file cannot be read, or is no such file.</exception>
    public static ImmutableArray<Expectation> Read(string file)
    {
        var reader = new ExpectationReader(file, ReadText(file));
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException broken)
        {
            throw reader.Refuse(broken.Start, broken.Message);
        }
    }

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            throw new RefusedException($"--expect {file}: {FileFault.Reason(file, failure)}");
        }
    }

    private ImmutableArray<Expectation> ReadDocument()
    {
        _events.Consume<StreamStart>();
        Take<DocumentStart>();
        MappingStart root = Take<MappingStart>() ?? throw Refuse(Here, "expected a mapping with the key 'counters'");
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (Take<MappingEnd>() is null)
            ReadKey(keys);
        _events.Consume<DocumentEnd>();
        if (!_events.Accept<StreamEnd>(out _)) throw Refuse(Here, "expected the end of the file: one document says it all");
        return _counters ?? throw Refuse(root.Start, "expected the key 'counters' with paths and numbers");
    }

    private void ReadKey(HashSet<string> keys)
    {
        Scalar key = ReadScalar("a key", keys);
        if (!KnownKeys.Contains(key.Value, StringComparer.Ordinal))
            throw Refuse(key.Start, $"unknown key '{key.Value}'; known are {string.Join(", ", KnownKeys)}");
        if (key.Value == "counters") _counters = ReadCounters();
        else _events.SkipThisAndNestedEvents();
    }

    private ImmutableArray<Expectation> ReadCounters()
    {
        if (Take<MappingStart>() is null) throw Refuse(Here, "expected paths and numbers under 'counters'");
        var counters = ImmutableArray.CreateBuilder<Expectation>();
        var paths = new HashSet<string>(StringComparer.Ordinal);
        while (Take<MappingEnd>() is null)
        {
            Scalar path = ReadScalar("the path of a counter", paths);
            Mark at = Here;
            string value = Take<Scalar>()?.Value ?? throw Refuse(at, "expected a number");
            if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long expected))
                throw Refuse(at, $"expected a number, found '{value}'");
            counters.Add(new Expectation(path.Value, expected, Position(path.Start)));
        }

        return counters.ToImmutable();
    }

    private Scalar ReadScalar(string what, HashSet<string> seen)
    {
        Mark at = Here;
        Scalar scalar = Take<Scalar>() ?? throw Refuse(at, $"expected {what}");
        return seen.Add(scalar.Value) ? scalar : throw Refuse(at, $"'{scalar.Value}' stands here for the second time");
    }

    /// <summary>Where the next event stands; there is one before the end of the stream.</summary>
    private Mark Here
    {
        get
        {
            _events.Accept<ParsingEvent>(out _);
            return _events.Current!.Start;
        }
    }

    /// <summary>The next event if it is a <typeparamref name="T"/>, or null, and then it is still the next.</summary>
    private T? Take<T>()
        where T : ParsingEvent
    {
        if (!_events.Accept<T>(out T? found)) return null;
        _events.MoveNext();
        return found;
    }

    private RefusedException Refuse(Mark at, string message) => new($"{Position(at)}: {message}");

    private string Position(Mark at) => string.Create(CultureInfo.InvariantCulture, $"{_file}:{at.Line}:{at.Column}");
}
