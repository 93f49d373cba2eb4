using System.Runtime.InteropServices;
using ActorMig.Hocon;
using Microsoft.Extensions.Logging;

namespace ActorMig.Agent.Configuration;

/// <summary>
/// The configuration in force. On SIGHUP the file is read again: what can be taken while the agent runs is taken, what cannot is named, and a wrong
/// file changes nothing. Thread-safe.
/// </summary>
internal sealed partial class RunningConfiguration : IDisposable
{
    private readonly string _path;
    private readonly ILogger _logger;
    private readonly Lock _reading = new();
    private readonly PosixSignalRegistration _signal;
    private volatile AgentConfiguration _now;
    private Action<AgentOptions>? _subscriber;
    private bool _hasChanged;

    /// <summary>Begins to listen for SIGHUP, which would end the process before.</summary>
    /// <param name="path">The file.</param>
    /// <param name="first">What was read from it.</param>
    /// <param name="logger">Is told what changes.</param>
    public RunningConfiguration(string path, AgentConfiguration first, ILogger logger)
    {
        (_path, _now, _logger) = (path, first, logger);
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            Reload();
        });
    }

    public AgentOptions Options => _now.Options;

    /// <summary>Who is told when something has changed; at once, if it has before.</summary>
    public void Subscribe(Action<AgentOptions> subscriber)
    {
        lock (_reading)
        {
            _subscriber = subscriber;
            if (_hasChanged)
            {
                subscriber(Options);
            }
        }
    }

    /// <summary>Reads the file again.</summary>
    public void Reload()
    {
        lock (_reading)
        {
            AgentConfiguration read;
            try
            {
                read = ConfigurationLoader.Read(_path);
            }
            catch (HoconException e)
            {
                LogRefused(e.Message);
                return;
            }

            var (now, changes) = ConfigurationChanges.Between(_now, read);
            foreach (var change in changes.Where(c => !c.NeedsRestart))
            {
                LogChanged(change.Key, change.Old, change.New);
            }

            if (changes.Any(c => c.NeedsRestart))
            {
                LogNeedsRestart(string.Join(", ", changes.Where(c => c.NeedsRestart).Select(c => $"{c.Key} ({c.Old} -> {c.New})")));
            }

            if (changes.Count == 0)
            {
                LogUnchanged(_path);
            }

            var isTaken = !now.Options.Equals(_now.Options);
            _now = now;
            if (isTaken)
            {
                _hasChanged = true;
                _subscriber?.Invoke(now.Options);
            }
        }
    }

    public void Dispose() => _signal.Dispose();

    [LoggerMessage(904, LogLevel.Error, "The configuration was read again and is refused; nothing is changed: {Sentence}")]
    private partial void LogRefused(string sentence);

    [LoggerMessage(905, LogLevel.Information, "Changed: {Key}: {Old} -> {New}")]
    private partial void LogChanged(string key, string old, string @new);

    [LoggerMessage(906, LogLevel.Warning, "Not changed, needs a restart: {Changes}")]
    private partial void LogNeedsRestart(string changes);

    [LoggerMessage(907, LogLevel.Information, "The configuration {Path} was read again and says nothing new.")]
    private partial void LogUnchanged(string path);
}
