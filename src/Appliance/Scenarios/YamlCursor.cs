using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Appliance.Scenarios;

/// <summary>
/// Walks through one YAML file, value by value. What is not as expected is noted with its position, and reading goes on behind it; only
/// a text that is no YAML ends it.
/// </summary>
internal sealed class YamlCursor(string file, string text)
{
    /// <summary>Lists and mappings of a value that is passed over; the library takes the square of their number to read them.</summary>
    private const int MaximumDepth = 16;

    private readonly Parser _events = new(new StringReader(text));
    private readonly List<string> _faults = [];

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Where the document begins.</summary>
    public string Start { get; private set; } = "";

    /// <summary>Whether a mapping comes next.</summary>
    public bool IsMapping => _events.Accept<MappingStart>(out _);

    /// <summary>Where what comes next stands; there is something before the end of the text.</summary>
    public string Position
    {
        get
        {
            _events.Accept<ParsingEvent>(out _);
            return PositionOf(_events.Current!.Start);
        }
    }

    /// <summary>Reads the one document of the file, a mapping.</summary>
    /// <param name="expected">What the faults say should stand there.</param>
    /// <param name="entry">Called for each key; reads or skips the value.</param>
    public void ReadDocument(string expected, Action<Placed> entry)
    {
        try
        {
            _events.Consume<StreamStart>();
            if (!_events.TryConsume<DocumentStart>(out _))
            {
                Fault(Position, $"expected {expected}");
                return;
            }

            Start = Position;
            ReadMapping(expected, "a key", entry);
            _events.Consume<DocumentEnd>();
            if (!_events.Accept<StreamEnd>(out _)) Fault(Position, "expected the end of the file: one document says it all");
        }
        catch (YamlException broken)
        {
            FaultAlone(PositionOf(broken.Start), broken.Message);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or FormatException or OverflowException
                                            or IndexOutOfRangeException or NullReferenceException)
        {
            // The library lets a few of these out, such as for \U escapes past Unicode.
            FaultAlone(PositionOf(_events.Current?.End ?? Mark.Empty), "not YAML from here on");
        }
    }

    /// <summary>
    /// Reads a mapping. A key that is no text, or stands for the second time, is a fault, and <paramref name="entry"/> not called.
    /// </summary>
    public void ReadMapping(string expected, string key, Action<Placed> entry)
    {
        if (!_events.TryConsume<MappingStart>(out _))
        {
            Fault(Position, $"expected {expected}");
            Skip();
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (!_events.TryConsume<MappingEnd>(out _))
        {
            Placed? name = ReadText(key);
            if (name is { } second && !seen.Add(second.Text))
            {
                Fault(second.Position, $"'{second.Text}' stands here for the second time");
                name = null;
            }

            if (name is { } found) entry(found);
            else Skip();
        }
    }

    /// <summary>Reads a list; <paramref name="entry"/> is called for each item, and reads or skips it.</summary>
    public void ReadSequence(string expected, Action entry)
    {
        if (!_events.TryConsume<SequenceStart>(out _))
        {
            Fault(Position, $"expected {expected}");
            Skip();
            return;
        }

        while (!_events.TryConsume<SequenceEnd>(out _)) entry();
    }

    /// <summary>Reads one word or text; null, with a fault, where something else stands.</summary>
    public Placed? ReadText(string expected)
    {
        string at = Position;
        if (_events.TryConsume<Scalar>(out Scalar? scalar)) return new Placed(scalar.Value, at);
        Fault(at, $"expected {expected}");
        Skip();
        return null;
    }

    /// <summary>Reads a whole number; null, with a fault, where something else stands.</summary>
    public ulong? ReadNumber(string expected, ulong least, ulong most)
    {
        if (ReadText(expected) is not { } number) return null;
        bool good = ulong.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value);
        if (good && value >= least && value <= most) return value;
        Fault(number.Position, $"expected {expected}, found '{number.Text}'");
        return null;
    }

    /// <summary>Passes over the next value, whatever it is; what is nested without end ends the reading.</summary>
    public void Skip()
    {
        int depth = 0;
        do
        {
            ParsingEvent passed = _events.Consume<ParsingEvent>();
            depth += passed.NestingIncrease;
            if (depth > MaximumDepth) throw new YamlException(passed.Start, passed.End, $"nested more than {MaximumDepth} deep");
        }
        while (depth > 0);
    }

    public void Fault(string position, string message) => _faults.Add($"{position}: {message}");

    /// <summary>What follows from it is not worth saying.</summary>
    private void FaultAlone(string position, string message)
    {
        _faults.Clear();
        Fault(position, message);
    }

    private string PositionOf(Mark mark) => string.Create(CultureInfo.InvariantCulture, $"{file}:{mark.Line}:{mark.Column}");
}
