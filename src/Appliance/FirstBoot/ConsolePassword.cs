using System.Security.Cryptography;

namespace Appliance.FirstBoot;

/// <summary>
/// The password of the console's shell, kept as PBKDF2-HMAC-SHA256 (RFC 8018, 5.2): iterations, salt and digest in one line of a file that
/// its owner alone may read.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class ConsolePassword(string path)
{
    private const string Locked = "*";
    private const int Iterations = 200_000, SaltBytes = 16, DigestBytes = 32, MostIterations = 10_000_000;

    /// <summary>Until there is one, whoever sits at the console may set it.</summary>
    public bool IsSet => File.Exists(path);

    /// <summary>Whether no password fits, ever; only who replaces the file changes that.</summary>
    public bool IsLocked => IsSet && File.ReadAllText(path).TrimEnd() == Locked;

    /// <exception cref="IOException">It is not on disk.</exception>
    public void Set(string password) => WholeFile.WriteAll([FileOf(password)]);

    /// <summary>The file, and what it holds of a password; <c>*</c> and <c>!</c> are none and lock it, as in shadow(5).</summary>
    public (string Path, byte[] Contents) FileOf(string password)
    {
        if (password is "*" or "!") return (path, System.Text.Encoding.ASCII.GetBytes(Locked + "\n"));
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        string line = $"{Iterations} {Convert.ToHexStringLower(salt)} {Convert.ToHexStringLower(DigestOf(password, salt, Iterations))}\n";
        return (path, System.Text.Encoding.ASCII.GetBytes(line));
    }

    /// <summary>A file that is damaged fits no password.</summary>
    public bool Fits(string password)
    {
        string[] words = File.ReadAllText(path).Split(' ', StringSplitOptions.TrimEntries);
        if (words is not [var count, { Length: SaltBytes * 2 } salt, { Length: DigestBytes * 2 } digest]) return false;
        if (!int.TryParse(count, System.Globalization.CultureInfo.InvariantCulture, out int iterations)) return false;
        if (iterations is < 1 or > MostIterations) return false;
        try
        {
            byte[] expected = DigestOf(password, Convert.FromHexString(salt), iterations);
            return CryptographicOperations.FixedTimeEquals(expected, Convert.FromHexString(digest));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static byte[] DigestOf(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, DigestBytes);
}
