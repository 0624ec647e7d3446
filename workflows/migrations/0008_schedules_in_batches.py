from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0007_documents'),
    ]

    operations = [
        migrations.AddField(
            model_name='trigger',
            name='done_to',
            field=models.BigIntegerField(default=0),
        ),
    ]
