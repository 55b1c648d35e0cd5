namespace Appliance;

/// <summary>Standard error: one line an error, whatever the user's own words in it hold.</summary>
internal static class ErrorOutput
{
    /// <summary>Characters of a line; a longer one loses its middle, since its ends say where and what.</summary>
    private const int MaxLine = 600;

    /// <summary>Whose line cannot be written goes on: there is nobody else to tell, and what it was about matters more.</summary>
    public static void Print(string line)
    {
        try
        {
            Write(line);
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
        }
    }

    /// <summary>Throws what writing to a file throws, and waits for whoever reads.</summary>
    public static void Write(string line)
    {
        string shown = line.Length <= MaxLine ? line : $"{line.AsSpan(0, MaxLine * 2 / 3)} … {line.AsSpan(line.Length - (MaxLine / 3))}";
        Console.Error.WriteLine(string.Concat(shown.Select(Printable)));
    }

    /// <summary>No line ends, no escape sequences: a name may hold any character but a zero byte.</summary>
    private static string Printable(char character) =>
        char.IsControl(character) || character is '\u2028' or '\u2029' ? $"\\u{(int)character:x4}" : character.ToString();
}
