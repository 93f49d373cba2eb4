using System.Collections;
using System.Reflection;
using ActorMig.Actors;

namespace ActorMig.Tests.WireSamples;

/// <summary>A message with a value in each of its properties, for the first sample of a new message.</summary>
internal static class Sample
{
    public static object Of(MessageRegistry registry, string name)
    {
        var number = 0;
        var type = typeof(Wire).Assembly.GetExportedTypes().Single(t => t is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && IsNamed(registry, t, name));
        return Make(type, name, ref number)!;
    }

    private static bool IsNamed(MessageRegistry registry, Type type, string name)
    {
        try
        {
            return registry.NameOf(System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type)) == name;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }

    private static object? Make(Type type, string name, ref int number)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return $"{name}-{++number}";
        }

        if (type == typeof(bool))
        {
            return true;
        }

        if (type == typeof(double))
        {
            return ++number + 0.5;
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return Convert.ChangeType(++number, type, System.Globalization.CultureInfo.InvariantCulture);
        }

        if (type.IsEnum)
        {
            return Enum.GetValues(type).Cast<object>().Last();
        }

        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
        {
            var item = type.GetGenericArguments()[0];
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
            list.Add(Make(item, name, ref number));
            return list;
        }

        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.Instance).MaxBy(c => c.GetParameters().Length)!;
        var values = new List<object?>();
        foreach (var parameter in constructor.GetParameters())
        {
            values.Add(Make(parameter.ParameterType, parameter.Name!, ref number));
        }

        var made = constructor.Invoke([.. values]);
        var names = constructor.GetParameters().Select(p => p.Name).ToArray();
        foreach (var property in type.GetProperties().Where(p => p.CanWrite && !names.Contains(p.Name)))
        {
            property.SetValue(made, Make(property.PropertyType, property.Name, ref number));
        }

        return made;
    }
}
