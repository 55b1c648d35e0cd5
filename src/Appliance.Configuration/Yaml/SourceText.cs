using System.Text;

namespace Appliance.Configuration.Yaml;

/// <summary>
/// What a configuration must be as text before YAML looks at it: UTF-8, bounded, without control characters, indented by spaces.
/// </summary>
internal static class SourceText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static ReadOnlySpan<byte> Utf8Mark => [0xef, 0xbb, 0xbf];

    /// <summary>False: the errors say why.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, ErrorList errors, out string text)
    {
        text = "";
        if (bytes.Length > ConfigurationLoader.MaximumFileBytes)
        {
            errors.Add(TooLarge);
            return false;
        }

        if (bytes.Length >= 2 && (bytes[..2].SequenceEqual((ReadOnlySpan<byte>)[0xff, 0xfe])
                                  || bytes[..2].SequenceEqual((ReadOnlySpan<byte>)[0xfe, 0xff])))
        {
            errors.Add(TextPosition.Start, "the file is UTF-16; expected UTF-8");
            return false;
        }

        if (bytes.StartsWith(Utf8Mark)) bytes = bytes[Utf8Mark.Length..];
        int valid = ValidLength(bytes);
        text = Strict.GetString(bytes[..valid]);
        if (valid == bytes.Length) return Check(text, errors);
        errors.Add(PositionAt(text, text.Length), $"the byte 0x{bytes[valid]:x2} is not UTF-8; save the file as UTF-8");
        return false;
    }

    /// <summary>False: the errors say why. One error a line, for the first character of it that has no place in a configuration.</summary>
    public static bool Check(string text, ErrorList errors)
    {
        if (text.Length > ConfigurationLoader.MaximumFileBytes)
        {
            errors.Add(TooLarge);
            return false;
        }

        int before = errors.Count;
        int line = 1;
        foreach (ReadOnlySpan<char> content in Lines(text))
        {
            int column = FirstProblem(content, out string problem);
            if (column > 0) errors.Add(new TextPosition(line, column), problem);
            line++;
        }

        return errors.Count == before;
    }

    private static string TooLarge => $"the file is over {ConfigurationLoader.MaximumFileBytes} bytes, the most that is read";

    private static int ValidLength(ReadOnlySpan<byte> bytes)
    {
        int position = 0;
        while (position < bytes.Length)
        {
            if (Rune.DecodeFromUtf8(bytes[position..], out _, out int consumed) != System.Buffers.OperationStatus.Done) break;
            position += consumed;
        }

        return position;
    }

    /// <summary>The column of the first problem, 0 for none.</summary>
    private static int FirstProblem(ReadOnlySpan<char> line, out string problem)
    {
        bool indentation = true;
        for (int i = 0; i < line.Length; i++)
        {
            char character = line[i];
            bool pair = char.IsHighSurrogate(character) && i + 1 < line.Length && char.IsLowSurrogate(line[i + 1]);
            problem = character switch
            {
                '\t' when indentation => "a tab in the indentation; YAML is indented with spaces",
                '\t' => "",
                '\ufeff' => "a byte order mark in the text; delete the invisible character",
                '\u0085' or '\u2028' or '\u2029' => $"the line separator U+{(int)character:X4}; expected an ordinary line feed",
                _ when char.IsControl(character) => $"the control character U+{(int)character:X4}; delete it",
                _ when char.IsSurrogate(character) && !pair => $"the lone surrogate U+{(int)character:X4}; delete it",
                _ => "",
            };
            if (problem.Length > 0) return i + 1;
            if (pair) i++;
            if (character != ' ') indentation = false;
        }

        problem = "";
        return 0;
    }

    /// <summary>The position of the character at an index: YAML's line breaks are CR LF, CR and LF (YAML 1.2.2 §5.4).</summary>
    private static TextPosition PositionAt(string text, int index)
    {
        int line = 0;
        int column = 1;
        foreach (ReadOnlySpan<char> content in Lines(text[..index]))
        {
            line++;
            column = content.Length + 1;
        }

        return new TextPosition(Math.Max(1, line), column);
    }

    private static LineSplitter Lines(string text) => new(text);
}
